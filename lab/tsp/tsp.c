/* SPDX-License-Identifier: Apache-2.0 */
/* `tsm-lab tsp`: the door of a token service provider, HTTPS with client certificates. One JSON line a
 * request in the log, duplicates told by their Idempotency-Key; card numbers are in no line. Edge. [RFC 9112]
 */
#include "tsp/tsp.h"

#include "bank/input.h"
#include "bank/seal/jwe.h"
#include "bank/spos/spos.h"
#include "common/loopback.h"

#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { MAX_PORT = 65535, USAGE = 2, OK = 200, NO_CONTENT = 204, BAD = 400, UNKNOWN = 404, FAILING = 503 };

static const char tokens_path[] = "/v1/tokens", state_end[] = "/state";

struct house {
    struct tsp_book book;
    struct callback_log counts;
    SSL_CTX *door;
    FILE *log;
    unsigned long port, refuse_first;
    const char *log_file, *jwk_file;
    struct spos_files files;
};

/* The answers of each key: what comes again gets the same. */
static int handle(struct house *h, const struct spos_request *q, json_t **answer, json_t **line)
{
    json_t *body = json_loadb(q->body, q->head.body_len, JSON_REJECT_DUPLICATES, NULL);
    const char *target = q->head.target;
    size_t base = strlen(tokens_path), len = strlen(target), end = strlen(state_end);
    char reference[TSP_REFERENCE];
    int status = UNKNOWN;
    *answer = *line = NULL;
    if (!json_is_object(body))
        status = BAD;
    else if (strcmp(target, tokens_path) == 0)
        status = tsp_enrol(&h->book, body, answer, line);
    else if (len > base + 1 + end && strncmp(target, tokens_path, base) == 0 && target[base] == '/' &&
             strcmp(target + len - end, state_end) == 0 && len - base - 1 - end < sizeof reference) {
        snprintf(reference, sizeof reference, "%.*s", (int)(len - base - 1 - end), target + base + 1);
        status = tsp_state(&h->book, reference, body, line);
    }
    json_decref(body);
    return status;
}

static void write_line(struct house *h, const struct spos_request *q, int status, json_t *line)
{
    json_t *o = line ? line : json_object();
    json_object_set_new(o, "target", json_string(q->head.target));
    json_object_set_new(o, "client", json_string(q->client));
    json_object_set_new(o, "status", json_integer(status));
    json_object_set_new(o, "duplicate", json_boolean(callback_count(&h->counts, q->head.key)));
    json_dumpf(o, h->log, JSON_COMPACT);
    fputc('\n', h->log);
    fflush(h->log);
    json_decref(o);
}

static void answer_body(SSL *ssl, const json_t *body)
{
    char *text = json_dumps(body, JSON_COMPACT), head[128];
    int n = snprintf(head, sizeof head,
                     "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: "
                     "%zu\r\nConnection: close\r\n\r\n",
                     text ? strlen(text) : 0);
    if (text && SSL_write(ssl, head, n) == n && SSL_write(ssl, text, (int)strlen(text)) > 0)
        SSL_shutdown(ssl);
    free(text);
    SSL_free(ssl);
}

static void serve(void *arg, int fd)
{
    struct house *h = arg;
    static char buffer[CALLBACK_MAX_HEAD + CALLBACK_MAX_BODY];
    struct spos_request q;
    json_t *answer = NULL, *line = NULL;
    SSL *ssl = spos_door_take(h->door, fd, buffer, &q);
    int status = q.refusal;
    if (!ssl)
        return;
    if (!status && h->refuse_first > 0) {
        h->refuse_first--;
        status = FAILING;
    }
    if (!status) {
        status = handle(h, &q, &answer, &line);
        write_line(h, &q, status, line);
    }
    if (answer)
        answer_body(ssl, answer);
    else
        spos_door_answer(ssl, status == NO_CONTENT ? OK : status);
    json_decref(answer);
}

static bool read_options(int argc, char **argv, struct house *h)
{
    static const struct option long_options[] = {{"port", required_argument, NULL, 'p'},
                                                 {"log", required_argument, NULL, 'l'},
                                                 {"cert", required_argument, NULL, 'c'},
                                                 {"key", required_argument, NULL, 'k'},
                                                 {"client-ca", required_argument, NULL, 'a'},
                                                 {"jwk", required_argument, NULL, 'j'},
                                                 {"answer", required_argument, NULL, 's'},
                                                 {"refuse-first", required_argument, NULL, 'r'},
                                                 {0}};
    bool good = true;
    optind = 0;
    for (int id; good && (id = getopt_long(argc, argv, "", long_options, NULL)) != -1;) {
        const char **to = id == 'l'   ? &h->log_file
                          : id == 'c' ? &h->files.cert
                          : id == 'k' ? &h->files.key
                          : id == 'a' ? &h->files.client_ca
                          : id == 'j' ? &h->jwk_file
                          : id == 's' ? &h->book.status
                                      : NULL;
        if (to)
            *to = optarg;
        else
            good = (id == 'p' && bank_read_number(optarg, MAX_PORT, &h->port)) ||
                   (id == 'r' && bank_read_number(optarg, MAX_PORT, &h->refuse_first));
    }
    return good && optind == argc && h->log_file && h->jwk_file && h->files.cert && h->files.key &&
           h->files.client_ca &&
           (!strcmp(h->book.status, "active") || !strcmp(h->book.status, "verify") ||
            !strcmp(h->book.status, "declined"));
}

/* A fresh pair, whose public half is written for whoever sends card numbers. */
static bool open_book(struct house *h)
{
    json_t *jwk;
    h->book.pair = EVP_EC_gen("P-256");
    h->book.tokens = json_object();
    jwk = h->book.pair ? bank_jwk_of(h->book.pair) : NULL;
    bool done = jwk && h->book.tokens && json_dump_file(jwk, h->jwk_file, JSON_COMPACT) == 0;
    json_decref(jwk);
    return done;
}

int tsp_main(int argc, char **argv)
{
    struct house h = {.book = {.status = "active"}};
    struct loopback at = {-1, -1};
    if (!read_options(argc, argv, &h)) {
        fprintf(stderr,
                "usage: tsm-lab tsp --port N --cert FILE --key FILE --client-ca FILE --jwk FILE --log FILE\n"
                "               [--answer active|verify|declined] [--refuse-first N]\n"
                "  POST /v1/tokens and /v1/tokens/REFERENCE/state; --jwk: where its public key is written\n");
        return USAGE;
    }
    h.log = fopen(h.log_file, "a");
    h.door = h.log ? spos_door_open(&h.files) : NULL;
    bool open = h.door && open_book(&h) && loopback_open(&at, h.port);
    if (open) {
        loopback_serve(&at, serve, &h);
        printf("%u requests, %u duplicates\n", h.counts.deliveries, h.counts.duplicates);
    } else {
        perror("tsp");
    }
    loopback_close(&at);
    if (h.log)
        fclose(h.log);
    SSL_CTX_free(h.door);
    json_decref(h.book.tokens);
    json_decref(h.counts.seen);
    EVP_PKEY_free(h.book.pair);
    return open ? 0 : 1;
}
