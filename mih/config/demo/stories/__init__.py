"""What happens on a response, by kind. A story documents a `Response` from arrival to signature."""
