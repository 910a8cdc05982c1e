/* SPDX-License-Identifier: Apache-2.0 */
/* Certificates for the TLS tests, made on the spot: a CA, a server on loopback, clients, a stranger. */
#ifndef TSM_TESTS_HTTP_CERTS_H
#define TSM_TESTS_HTTP_CERTS_H

enum { CERT_PATH = 128 };

/* PEM files in a directory of their own. */
struct certs {
    char dir[64];
    char ca[CERT_PATH], server[CERT_PATH], server_key[CERT_PATH];
    char client[CERT_PATH], client_key[CERT_PATH];     /* CN "bank-a", signed by the CA */
    char nameless[CERT_PATH], nameless_key[CERT_PATH]; /* no CN, DNS name "bank-b.example" */
    char stranger[CERT_PATH], stranger_key[CERT_PATH]; /* signed by itself */
};

/* Asserts on failure. */
void certs_make(struct certs *c);
/* Removes the files and the directory. */
void certs_remove(struct certs *c);

#endif
