"""Files in and out: xlsx, csv and GeoJSON become neutral records; refused rows become a report."""
