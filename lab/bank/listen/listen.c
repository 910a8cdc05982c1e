/* SPDX-License-Identifier: Apache-2.0 */
/* `tsm-lab bank listen`: the provider's callback address, plain HTTP on loopback. Writes one JSON line a
 * delivery and tells duplicates by their Idempotency-Key; station 12 seen from the partner. Edge. [RFC 9112]
 */
#include "bank/bank.h"

#include "bank/listen/callback.h"
#include "bank/listen/hook.h"
#include "bank/input.h"
#include "common/loopback.h"

#include <getopt.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>

enum {
    REQUEST_MS = 5000,
    MAX_PORT = 65535,
    MS = 1000,
    DECIDED = 200,
    ACCEPTED = 204,
    BAD_BODY = 400,
    FAILING = 503
};

enum { REFUSED_DRAIN_MS = 500 };

struct receiver {
    FILE *log;
    unsigned long refuse_first; /* fault: so many deliveries are answered 503 */
    const char *hook;           /* what the hook says, one word after the other */
    struct callback_log counts;
};

static long long now_ms(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (long long)t.tv_sec * MS + t.tv_nsec / 1000000;
}

/* Reads until `need` bytes are there; false when the peer leaves or the time for the whole request is over.
 */
static bool read_more(int fd, char *buffer, size_t *len, size_t cap, long long deadline)
{
    struct pollfd p = {.fd = fd, .events = POLLIN};
    long long left = deadline - now_ms();
    if (*len == cap || left <= 0 || poll(&p, 1, (int)left) != 1)
        return false;
    ssize_t n = recv(fd, buffer + *len, cap - *len, 0);
    if (n <= 0)
        return false;
    *len += (size_t)n;
    return true;
}

/* `said`: the body, "" for none. */
static void answer(int fd, int status, const char *said)
{
    char text[256], length[32];
    snprintf(length, sizeof length, "Content-Length: %zu\r\n", strlen(said));
    int n = snprintf(text, sizeof text, "HTTP/1.1 %d %s\r\n%sConnection: close\r\n\r\n%s", status,
                     status == ACCEPTED  ? "No Content"
                     : status == DECIDED ? "OK"
                                         : "Refused",
                     status == ACCEPTED ? "" : length, said);
    if (send(fd, text, (size_t)n, MSG_NOSIGNAL) == n)
        shutdown(fd, SHUT_WR);
}

/* Bytes left unread would turn the close into a reset, and the peer might lose the answer of a refusal. */
static void drain(int fd, int ms)
{
    char rest[1024];
    struct pollfd p = {.fd = fd, .events = POLLIN};
    for (long long end = now_ms() + ms; poll(&p, 1, ms) == 1 && now_ms() <= end;)
        if (recv(fd, rest, sizeof rest, 0) <= 0)
            return;
}

static void write_line(struct receiver *r, const struct callback_head *head, json_t *body, bool duplicate)
{
    char at[32];
    time_t now = time(NULL);
    struct tm t;
    gmtime_r(&now, &t);
    strftime(at, sizeof at, "%Y-%m-%dT%H:%M:%SZ", &t);
    json_t *line = json_pack("{s:s,s:s,s:s,s:b,s:O}", "at", at, "target", head->target, "idempotency_key",
                             head->key, "duplicate", duplicate, "body", body);
    json_dumpf(line, r->log, JSON_COMPACT);
    fputc('\n', r->log);
    fflush(r->log);
    json_decref(line);
}

/* A delivery counts when it is answered 2xx: what is refused will come again. */
static int take(struct receiver *r, const struct callback_head *head, const char *body,
                char said[HOOK_ANSWER_MAX])
{
    json_t *root = json_loadb(body, head->body_len, JSON_REJECT_DUPLICATES, NULL);
    if (!json_is_object(root)) {
        json_decref(root);
        return BAD_BODY;
    }
    if (r->refuse_first > 0) {
        r->refuse_first--;
        json_decref(root);
        return FAILING;
    }
    write_line(r, head, root, callback_count(&r->counts, head->key));
    hook_print_code(root);
    bool decided = hook_decide(&r->hook, root, said);
    json_decref(root);
    return decided ? DECIDED : ACCEPTED;
}

static void serve(void *arg, int fd)
{
    struct receiver *r = arg;
    static char buffer[CALLBACK_MAX_HEAD + CALLBACK_MAX_BODY];
    struct callback_head head;
    size_t len = 0, end;
    long long deadline = now_ms() + REQUEST_MS;
    while ((end = callback_head_end(buffer, len)) == 0)
        if (!read_more(fd, buffer, &len, CALLBACK_MAX_HEAD, deadline))
            return;
    int status = callback_read_head(buffer, end, &head);
    while (status == 0 && len < end + head.body_len)
        if (!read_more(fd, buffer, &len, sizeof buffer, deadline))
            return;
    char said[HOOK_ANSWER_MAX] = "";
    int done = status ? status : take(r, &head, buffer + end, said);
    answer(fd, done, said);
    drain(fd, status ? REFUSED_DRAIN_MS : 0);
}

static bool read_options(int argc, char **argv, unsigned long *port, const char **log, struct receiver *r)
{
    static const struct option long_options[] = {{"port", required_argument, NULL, 'p'},
                                                 {"log", required_argument, NULL, 'l'},
                                                 {"refuse-first", required_argument, NULL, 'r'},
                                                 {"hook", required_argument, NULL, 'h'},
                                                 {0}};
    bool good = true, have_port = false;
    optind = 0; /* other verbs of the same process may have read options before */
    for (int id; good && (id = getopt_long(argc, argv, "", long_options, NULL)) != -1;) {
        if (id == 'p')
            good = have_port = bank_read_number(optarg, MAX_PORT, port);
        else if (id == 'r')
            good = bank_read_number(optarg, MAX_PORT, &r->refuse_first);
        else if (id == 'l')
            *log = optarg;
        else if (id == 'h')
            r->hook = optarg;
        else
            good = false;
    }
    return good && have_port && *log && optind == argc;
}

int bank_listen_main(int argc, char **argv)
{
    struct loopback door = {-1, -1};
    struct receiver r = {0};
    unsigned long port = 0;
    const char *log = NULL;
    if (!read_options(argc, argv, &port, &log, &r)) {
        fprintf(stderr,
                "usage: tsm-lab bank listen --port N --log FILE [--refuse-first N] [--hook WORD,..]\n"
                "  0 picks a free port; each accepted delivery is one JSON line in FILE\n"
                "  --hook: what it says when it is asked whether a customer is known: approve, decline,\n"
                "  step-up or pending; the last word holds\n");
        return BANK_USAGE;
    }
    r.log = fopen(log, "ae");
    bool open = r.log && loopback_open(&door, port);
    if (open) {
        loopback_serve(&door, serve, &r);
        printf("%u deliveries, %u duplicates\n", r.counts.deliveries, r.counts.duplicates);
    } else {
        fprintf(stderr, "bank: cannot listen on port %lu or write %s\n", port, log);
    }
    loopback_close(&door);
    if (r.log)
        fclose(r.log);
    json_decref(r.counts.seen);
    return open ? BANK_RIGHT : BANK_WRONG;
}
