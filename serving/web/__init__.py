"""The shop's page: a web server that is a plain client of the gRPC API, and the page itself (`page/`)."""
