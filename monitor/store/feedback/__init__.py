"""What people say of articles, and the models made of it."""
