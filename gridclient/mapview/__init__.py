"""The embedded map: folium page, own URL scheme, tiles, bridge. The only folder that knows folium and WebEngine."""
