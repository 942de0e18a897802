"""Reading tables as they really arrive: folders, ZIPs, CSV in several encodings, XLSX, ragged rows, odd dates."""
