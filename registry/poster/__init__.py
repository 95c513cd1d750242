"""What a licensee shows of a licence: the poster on the wall, the badge on a website, the card in a chat."""
