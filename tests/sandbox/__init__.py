"""Real Keycloak, Keystone and Apache on one machine, for the tests and the demo of opcp-provision."""
