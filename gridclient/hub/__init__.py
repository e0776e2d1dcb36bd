"""The county's hub: gives every event its place, keeps rights and files, answers desks. It does not fold cases."""
