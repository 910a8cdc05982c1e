/* SPDX-License-Identifier: Apache-2.0 */
/* The HTTP server: one listener, its own workers, a table of routes with blocking handlers. Station 1. Edge.
 * [RFC 9110, RFC 9112, RFC 8446, RFC 7301] */
#ifndef TSM_HTTP_SERVER_H
#define TSM_HTTP_SERVER_H

#include "http/reply.h"
#include "http/request.h"

enum { HTTP_BODY_MAX = 1 << 20 }; /* of a route that names no limit */

/*
 * One address. `pattern` is a path with {names}; the first row that matches wins. The handler runs on a
 * worker and may block; it fills the reply or returns an error, which becomes a problem document. GET rows
 * answer HEAD too.
 */
struct http_route {
    const char *method, *pattern;
    enum tsm_err (*handle)(void *app, struct http_request *request, struct http_reply *reply);
    size_t body_max;     /* 0 means HTTP_BODY_MAX */
    const char *accepts; /* media types of a body, separated by ", "; NULL means any */
};

/* A table that ends with a row without method, and what its handlers get as `app`. */
struct http_routes {
    const struct http_route *table;
    void *app;
};

/* What is refused before a handler sees it, or because one failed. */
struct http_refusal {
    int status;
    const char *detail;           /* a part of a sentence, without full stop */
    const struct http_head *head; /* NULL when it could not be read */
};

/*
 * An interface whose errors have a shape of their own: `tell` gives the reply, which is a problem document,
 * this shape, and may change its status; its headers stay. An error leaves the problem as it is.
 */
struct http_manner {
    const char *prefix; /* of its paths */
    enum tsm_err (*tell)(const struct http_refusal *why, struct http_reply *reply);
};

enum http_client_cert { HTTP_CERT_NONE, HTTP_CERT_OPTIONAL, HTTP_CERT_REQUIRED };

/* PEM files; client_ca_file is needed unless client_cert is HTTP_CERT_NONE. TLS 1.2 and 1.3, ALPN http/1.1.
 */
struct http_tls {
    const char *cert_file, *key_file, *client_ca_file;
    enum http_client_cert client_cert;
};

/* Every 0 means the default in brackets. Times are milliseconds. */
struct http_limits {
    unsigned workers;     /* threads that run handlers [16] */
    unsigned connections; /* open at once [4096]; more are closed at accept */
    unsigned per_peer;    /* open at once from one address [1024] */
    unsigned in_flight;   /* handlers at once; one more is answered 503 [as many as workers] */
    size_t body_bytes;    /* memory of all bodies in the making; beyond it 503 [256 MiB] */
    unsigned head_ms; /* from accept or first octet to the end of the head, TLS handshake included [10 000] */
    unsigned body_ms; /* from there to the end of the body [30 000], and a millisecond more for 64 octets that
                         have come */
    unsigned write_ms; /* for the peer to take the reply [30 000] */
    unsigned idle_ms;  /* between two requests [60 000] */
    unsigned shed_ms;  /* no worker came free for so long: ready connections get 503 [1 000] */
    unsigned drain_ms; /* for requests in hand when the server stops [5 000] */
};

struct http_config {
    const char *address;        /* numeric IPv4 or IPv6 */
    uint16_t port;              /* 0 takes a free one */
    const struct http_tls *tls; /* NULL: plain HTTP, which only a loopback address may have */
    const struct http_routes *routes;
    size_t n_routes;
    const struct http_manner *manners; /* ends with a row without prefix; NULL: problem documents everywhere.
                                          Stays with the caller, as the tables do */
    struct http_limits limits;
};

/* Read at any time; counts since the start but for the two that say "now". */
struct http_counts {
    uint64_t by_class[6]; /* replies with status 1xx.. to 5xx at index 1..5 */
    uint64_t refused;     /* requests refused by the strict readers (counted in by_class too) */
    uint64_t shed;        /* 503 because no worker or no memory was free */
    uint64_t cut;         /* connections that ran past a deadline */
    uint64_t turned_away; /* connections above a limit, closed at accept */
    uint64_t failed_handshakes;
    uint64_t connections_now, in_flight_now;
};

struct http_server;

/*
 * Copies the configuration (the route tables stay with the caller and live as long as the server), reads the
 * PEM files and binds. BAD_VALUE for a bad address, NOT_ALLOWED for plain HTTP beyond loopback, IO when a
 * file cannot be read or the port be bound.
 */
enum tsm_err http_server_new(const struct http_config *config, struct http_server **out);
/* Starts the workers; IO when threads cannot be made. SIGPIPE is ignored in the process from now on. */
enum tsm_err http_server_start(struct http_server *s);
uint16_t http_server_port(const struct http_server *s);
void http_server_counts(const struct http_server *s, struct http_counts *out);
/* Takes no more connections, lets requests in hand finish within drain_ms, cuts the rest, joins, frees. NULL
 * is legal. */
void http_server_stop(struct http_server *s);

#endif
