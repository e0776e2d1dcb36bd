"""The embedded map: folium page, URL scheme, tiles and bridge. The only folder that uses folium and WebEngine."""
