"""Servers that keep files in folders and are spoken with over a connection: SFTP and FTP."""
