/* SPDX-License-Identifier: Apache-2.0 */
/* `tsm-lab bank spos`: takes process results over mutual TLS, keeps each once, and can be told to be away, to
 * refuse, to be slow or to lose its answers; station 12 seen from the provider. Edge. [BSI TR-03165 4.3] */
#include "bank/spos/spos.h"

#include "bank/bank.h"
#include "bank/input.h"
#include "common/loopback.h"

#include <getopt.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

enum { MAX_PORT = 65535, MAX_STATUS = 599, MAX_MS = 60000 };
enum { TAKEN = 200, NO_RESULT = 400, NO_SUCH_ADDRESS = 404, UNWANTED = 422, FAILING = 503 };
enum option_id {
    PORT = 1,
    LOG,
    CERT,
    KEY,
    CLIENT_CA,
    REFUSE_FIRST,
    LOSE_FIRST,
    ANSWER,
    SLOW,
    REFUSE_INSTANCE
};

struct spos {
    FILE *log;
    SSL_CTX *door;
    unsigned long port, refuse_first, lose_first, answer, slow_ms;
    const char *log_path, *refuse_instance;
    struct spos_files files;
    struct callback_log counts;
};

static const struct option long_options[] = {
    {"port", required_argument, NULL, PORT},
    {"log", required_argument, NULL, LOG},
    {"cert", required_argument, NULL, CERT},
    {"key", required_argument, NULL, KEY},
    {"client-ca", required_argument, NULL, CLIENT_CA},
    {"refuse-first", required_argument, NULL, REFUSE_FIRST},
    {"lose-first", required_argument, NULL, LOSE_FIRST},
    {"answer", required_argument, NULL, ANSWER},
    {"slow", required_argument, NULL, SLOW},
    {"refuse-instance", required_argument, NULL, REFUSE_INSTANCE},
    {0},
};

static bool take_option(struct spos *s, int id)
{
    switch (id) {
    case PORT:
        return bank_read_number(optarg, MAX_PORT, &s->port);
    case LOG:
        s->log_path = optarg;
        return true;
    case CERT:
        s->files.cert = optarg;
        return true;
    case KEY:
        s->files.key = optarg;
        return true;
    case CLIENT_CA:
        s->files.client_ca = optarg;
        return true;
    case REFUSE_INSTANCE:
        s->refuse_instance = optarg;
        return true;
    case REFUSE_FIRST:
        return bank_read_number(optarg, MAX_PORT, &s->refuse_first);
    case LOSE_FIRST:
        return bank_read_number(optarg, MAX_PORT, &s->lose_first);
    case ANSWER:
        return bank_read_number(optarg, MAX_STATUS, &s->answer);
    case SLOW:
        return bank_read_number(optarg, MAX_MS, &s->slow_ms);
    default:
        return false;
    }
}

static bool read_options(int argc, char **argv, struct spos *s)
{
    bool good = true;
    optind = 0; /* other verbs of the same process may have read options before */
    for (int id; good && (id = getopt_long(argc, argv, "", long_options, NULL)) != -1;)
        good = take_option(s, id);
    return good && optind == argc && s->log_path && s->files.cert && s->files.key && s->files.client_ca;
}

/* Each result stands in the log once, however often it came. */
static void keep(struct spos *s, const struct spos_request *q, json_t *result)
{
    char at[32];
    time_t now = time(NULL);
    struct tm t;
    if (callback_count(&s->counts, q->head.key))
        return;
    gmtime_r(&now, &t);
    strftime(at, sizeof at, "%Y-%m-%dT%H:%M:%SZ", &t);
    json_t *line = json_pack("{s:s,s:s,s:s,s:s,s:O}", "at", at, "target", q->head.target, "client", q->client,
                             "idempotency_key", q->head.key, "result", result);
    json_dumpf(line, s->log, JSON_COMPACT);
    fputc('\n', s->log);
    fflush(s->log);
    json_decref(line);
}

/* The status of a right one; 0: the answer gets lost. */
static int take(struct spos *s, const struct spos_request *q, json_t *result)
{
    const char *instance = json_string_value(json_object_get(result, "serviceInstanceId"));
    if (s->refuse_instance && strcmp(instance, s->refuse_instance) == 0)
        return UNWANTED;
    keep(s, q, result);
    if (s->lose_first == 0)
        return TAKEN;
    s->lose_first--;
    return 0;
}

static int judge(struct spos *s, const struct spos_request *q)
{
    static const char method[] = "/process-results";
    size_t len = strlen(q->head.target), end = strlen(method);
    if (len < end || strcmp(q->head.target + len - end, method) != 0)
        return NO_SUCH_ADDRESS;
    if (s->answer)
        return (int)s->answer;
    if (s->refuse_first > 0) {
        s->refuse_first--;
        return FAILING;
    }
    json_t *result = json_loadb(q->body, q->head.body_len, JSON_REJECT_DUPLICATES, NULL);
    const char *wrong = result ? spos_judge(result) : "the body is no JSON";
    int status = wrong ? NO_RESULT : take(s, q, result);
    if (wrong)
        fprintf(stderr, "bank: refused a process result: %s\n", wrong);
    json_decref(result);
    return status;
}

static void serve(void *arg, int fd)
{
    struct spos *s = arg;
    static char buffer[CALLBACK_MAX_HEAD + CALLBACK_MAX_BODY];
    struct spos_request q;
    SSL *ssl = spos_door_take(s->door, fd, buffer, &q);
    if (!ssl)
        return;
    unsigned known = s->counts.duplicates;
    int status = q.refusal ? q.refusal : judge(s, &q);
    /* The answer to a new one takes its time; who has hung up waits for none. */
    if (s->slow_ms && s->counts.duplicates == known)
        poll(&(struct pollfd){.fd = fd, .events = POLLRDHUP}, 1, (int)s->slow_ms);
    spos_door_answer(ssl, status);
}

int bank_spos_main(int argc, char **argv)
{
    struct spos s = {0};
    struct loopback at = {-1, -1};
    if (!read_options(argc, argv, &s)) {
        fprintf(
            stderr,
            "usage: tsm-lab bank spos --port N --log FILE --cert PEM --key PEM --client-ca PEM\n"
            "  [--refuse-first N] [--lose-first N] [--refuse-instance UUID] [--answer STATUS] [--slow MS]\n"
            "  0 picks a free port; each process result is one JSON line in FILE, once\n");
        return BANK_USAGE;
    }
    s.log = fopen(s.log_path, "ae");
    s.door = s.log ? spos_door_open(&s.files) : NULL;
    bool open = s.door && loopback_open(&at, s.port);
    if (open) {
        loopback_serve(&at, serve, &s);
        printf("%u results, %u of them came again\n", s.counts.deliveries - s.counts.duplicates,
               s.counts.duplicates);
    } else {
        fprintf(stderr, "bank: cannot listen on port %lu or write %s\n", s.port, s.log_path);
    }
    loopback_close(&at);
    if (s.log)
        fclose(s.log);
    SSL_CTX_free(s.door);
    json_decref(s.counts.seen);
    return open ? BANK_RIGHT : BANK_WRONG;
}
