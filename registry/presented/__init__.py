"""What somebody presents to be checked. Pictures and PDFs are opened in a process of their own."""
