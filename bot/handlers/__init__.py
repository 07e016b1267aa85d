"""What happens to each kind of update. Built by functions that receive what they use; `wiring` adds them."""
