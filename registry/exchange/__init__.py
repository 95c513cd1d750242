"""What goes in and out by itself: lists that are fetched, webhooks that are told, by workers with leases."""
