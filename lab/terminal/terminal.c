/* SPDX-License-Identifier: Apache-2.0 */
/* `tsm-lab terminal`: a payment terminal in front of a software element. Edge. */
#include "terminal/terminal.h"

#include "handset/element.h"
#include "terminal/outcome.h"
#include "terminal/purse/purse.h"

#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <time.h>

enum { EXIT_USAGE = 2, DEFAULT_AMOUNT = 1234, DEFAULT_CURRENCY = 978 };

enum option_id { SE = 1, AMOUNT, CURRENCY, JSON, CA, PIN };

static const struct option long_options[] = {
    {"se", required_argument, NULL, SE},
    {"amount", required_argument, NULL, AMOUNT},
    {"currency", required_argument, NULL, CURRENCY},
    {"json", no_argument, NULL, JSON},
    {"ca", required_argument, NULL, CA},
    {"pin", required_argument, NULL, PIN},
    {"help", no_argument, NULL, 'h'},
    {0},
};

static ssize_t transmit(void *card, const uint8_t *capdu, size_t len, uint8_t *out)
{
    return element_transmit(card, capdu, len, out);
}

static uint8_t bcd(int two_digits)
{
    return (uint8_t)(two_digits / 10 % 10 << 4 | two_digits % 10);
}

static bool fill_request(struct term_request *q)
{
    time_t now = time(NULL);
    struct tm t;
    if (!localtime_r(&now, &t))
        return false;
    q->today[0] = bcd(t.tm_year % 100);
    q->today[1] = bcd(t.tm_mon + 1);
    q->today[2] = bcd(t.tm_mday);
    return getrandom(q->unpredictable, sizeof q->unpredictable, 0) == (ssize_t)sizeof q->unpredictable;
}

void terminal_pay(const char *host_port, uint64_t amount, unsigned currency, struct term_outcome *out)
{
    terminal_pay_with(host_port, amount, currency, &(struct terminal_checks){NULL, NULL}, out);
}

void terminal_pay_with(const char *host_port, uint64_t amount, unsigned currency,
                       const struct terminal_checks *checks, struct term_outcome *out)
{
    struct element e = {.fd = -1};
    struct term_request q = {.amount = amount, .currency = currency, .ca = checks->ca, .pin = checks->pin};
    struct term_reader reader = {transmit, &e};
    if (fill_request(&q) && element_open(&e, host_port)) {
        term_transact(&reader, &q, out);
    } else {
        memset(out, 0, sizeof *out);
        out->result = TERM_NO_CARD;
        snprintf(out->reason, sizeof out->reason, "no card answers");
    }
    element_close(&e);
}

static int usage(const char *why)
{
    if (why)
        fprintf(stderr, "terminal: %s\n", why);
    fprintf(
        why ? stderr : stdout,
        "usage: tsm-lab terminal --se HOST:PORT [--amount CENTS] [--currency ISO4217] [--json] [--ca FILE]\n"
        "                        [--pin DIGITS]\n"
        "--ca: a scheme's key {\"index\",\"exponent\",\"modulus\"}: cards that name it are authenticated "
        "offline\n"
        "--pin: what the customer enters; the card checks it\n"
        "tsm-lab terminal purse --help: a gate before a transit purse\n"
        "exit: 0 the card gave an ARQC, 1 no card, 2 usage, 3 refused\n");
    return why ? EXIT_USAGE : 0;
}

static bool number(const char *text, uint64_t max, uint64_t *out)
{
    size_t n = strlen(text);
    if (n == 0 || n > TERM_MAX_AMOUNT_DIGITS || strspn(text, "0123456789") != n)
        return false;
    uint64_t read = strtoull(text, NULL, 10);
    if (read > max)
        return false;
    *out = read;
    return true;
}

static bool is_pin(const char *text)
{
    size_t n = strlen(text);
    return n >= TERM_PIN_MIN && n <= TERM_PIN_MAX && strspn(text, "0123456789") == n;
}

static void report(const struct term_outcome *o, bool as_json)
{
    if (!as_json) {
        term_print(o, stdout);
        return;
    }
    json_t *all = term_json(o);
    json_dumpf(all, stdout, JSON_COMPACT);
    putchar('\n');
    json_decref(all);
}

static int pay_main(int argc, char **argv)
{
    const char *se = NULL, *ca_file = NULL;
    struct terminal_checks checks = {NULL, NULL};
    struct oda_ca ca;
    uint64_t amount = DEFAULT_AMOUNT, currency = DEFAULT_CURRENCY;
    bool as_json = false, good = true;
    struct term_outcome outcome;
    optind = 0; /* other verbs of the same process may have read options before */
    for (int id; good && (id = getopt_long(argc, argv, "h", long_options, NULL)) != -1;) {
        if (id == 'h')
            return usage(NULL);
        else if (id == SE)
            se = optarg;
        else if (id == AMOUNT)
            good = number(optarg, UINT64_MAX, &amount);
        else if (id == CURRENCY)
            good = number(optarg, TERM_MAX_CURRENCY, &currency);
        else if (id == JSON)
            as_json = true;
        else if (id == CA)
            ca_file = optarg;
        else if (id == PIN)
            good = is_pin(checks.pin = optarg);
        else
            good = false;
    }
    if (!good || optind < argc || !se)
        return usage(!se && good ? "--se is needed" : "unknown option or bad value");
    if (ca_file && !oda_ca_read(ca_file, &ca))
        return EXIT_USAGE;
    checks.ca = ca_file ? &ca : NULL;
    terminal_pay_with(se, amount, (unsigned)currency, &checks, &outcome);
    report(&outcome, as_json);
    int status = (int)outcome.result;
    explicit_bzero(&outcome, sizeof outcome);
    return status;
}

int terminal_main(int argc, char **argv)
{
    bool purse = argc > 1 && strcmp(argv[1], "purse") == 0;
    return purse ? purse_gate_main(argc - 1, argv + 1) : pay_main(argc, argv);
}
