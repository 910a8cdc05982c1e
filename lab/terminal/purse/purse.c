/* SPDX-License-Identifier: Apache-2.0 */
/* `tsm-lab terminal purse`: a gate that reads a transit purse and debits it. It holds no key: the card's MAC
 * over what happened goes to the issuer as the receipt. Edge. [docs/exchange.md] */
#include "terminal/purse/purse.h"

#include "handset/element.h"
#include "handset/hex.h"
#include "terminal/kernel.h"
#include "terminal/data/tags.h"
#include "terminal/data/tlv.h"

#include <getopt.h>
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <time.h>

enum {
    EXIT_NO_CARD = 1,
    EXIT_USAGE = 2,
    EXIT_REFUSED = 3,
    MONEY = 6,
    MONEY_DIGITS = 2 * MONEY,
    NUMBER = 4,
    DATE = 3,
    CENTURY = 2, /* digits of a year that a date leaves out */
    DEBIT_DATA = MONEY + NUMBER + DATE,
    COMMAND_MAX = 5 + 16 + 1,
    TEXT = 64,
    TAG_BALANCE = 0x9F79,
    SW_FINE = 0x9000,
    SW_BEYOND_LIMIT = 0x6A84,
    INS_SELECT = 0xA4,
    INS_GET = 0xCA,
    INS_DEBIT = 0x44,
};
static const char default_aid[] = "F04F54534D1001";

struct gate {
    struct element element;
    const char *se;
    uint8_t aid[TERM_MAX_AID], amount[MONEY];
    size_t aid_len;
    bool debits;
    uint8_t answer[ELEMENT_MAX_APDU];
    struct term_bytes data;
    unsigned sw;
    json_t *out;
};

static int finish(struct gate *g, int status, const char *result, const char *why)
{
    char sw[8];
    json_object_set_new(g->out, "result", json_string(result));
    if (why)
        json_object_set_new(g->out, "reason", json_string(why));
    if (status == EXIT_REFUSED) {
        snprintf(sw, sizeof sw, "%04X", g->sw);
        json_object_set_new(g->out, "sw", json_string(sw));
    }
    return status;
}

static bool send(struct gate *g, const uint8_t head[4], const uint8_t *data, size_t len)
{
    uint8_t command[COMMAND_MAX];
    size_t n = 4;
    ssize_t got;
    memcpy(command, head, n);
    if (len) {
        command[n++] = (uint8_t)len;
        memcpy(command + n, data, len);
        n += len;
    }
    command[n++] = 0; /* Le */
    got = element_transmit(&g->element, command, n, g->answer);
    if (got < 2)
        return false;
    g->sw = (unsigned)(g->answer[got - 2] << 8 | g->answer[got - 1]);
    g->data = (struct term_bytes){g->answer, (size_t)got - 2};
    return true;
}

/* An object of the answer, as the card wrote it. False where the answer has none of that length. */
static bool note(struct gate *g, struct term_bytes in, uint32_t tag, size_t len, const char *name)
{
    struct term_bytes value;
    char text[TEXT];
    if (!term_tlv_find(in, tag, &value) || value.len != len)
        return false;
    hs_hex_write(value.at, value.len, text);
    json_object_set_new(g->out, name, json_string(text));
    return true;
}

/* The serial number stands in the issuer's part of the FCI. */
static void note_serial(struct gate *g)
{
    struct term_bytes fci, own, issuer, serial;
    if (term_tlv_find(g->data, TAG_FCI, &fci) && term_tlv_find(fci, TAG_FCI_PROPRIETARY, &own) &&
        term_tlv_find(own, TAG_FCI_ISSUER_DATA, &issuer) && term_tlv_find(issuer, TAG_PAN, &serial) &&
        2 * serial.len < TEXT)
        (void)note(g, issuer, TAG_PAN, serial.len, "serial");
}

static void note_hex(struct gate *g, const char *name, const uint8_t *at, size_t n)
{
    char text[TEXT];
    hs_hex_write(at, n, text);
    json_object_set_new(g->out, name, json_string(text));
}

static int debit(struct gate *g)
{
    static const uint8_t head[] = {0x80, INS_DEBIT, 0, 0};
    uint8_t data[DEBIT_DATA];
    char today[CENTURY + 2 * DATE + 1];
    time_t now = time(NULL);
    struct tm t;
    struct term_bytes body;
    memcpy(data, g->amount, MONEY);
    if (getrandom(data + MONEY, NUMBER, 0) != NUMBER || !gmtime_r(&now, &t) ||
        strftime(today, sizeof today, "%Y%m%d", &t) == 0 ||
        hs_hex_read(today + CENTURY, data + MONEY + NUMBER, DATE) != DATE)
        return finish(g, EXIT_NO_CARD, "no-card", "the gate has neither date nor random number");
    if (!send(g, head, data, sizeof data))
        return finish(g, EXIT_NO_CARD, "no-card", "the card has gone: its balance tells whether it paid");
    if (g->sw != SW_FINE)
        return finish(g, EXIT_REFUSED, "refused",
                      g->sw == SW_BEYOND_LIMIT ? "the balance would pass its lower limit"
                                               : "the purse does not pay");
    note_hex(g, "amount", data, MONEY);
    note_hex(g, "number", data + MONEY, NUMBER);
    note_hex(g, "date", data + MONEY + NUMBER, DATE);
    if (!term_tlv_find(g->data, TAG_ANSWER_FORMAT_2, &body) || !note(g, body, TAG_ATC, 2, "counter") ||
        !note(g, body, TAG_BALANCE, MONEY, "balance") || !note(g, body, TAG_AC, 8, "mac"))
        return finish(g, EXIT_REFUSED, "refused", "the answer to DEBIT is malformed");
    return finish(g, 0, "debited", NULL);
}

static int pass(struct gate *g)
{
    static const uint8_t select[] = {0x00, INS_SELECT, 4, 0};
    static const uint8_t get[] = {0x80, INS_GET, TAG_BALANCE >> 8, TAG_BALANCE & 0xFF};
    if (!element_open(&g->element, g->se) || !send(g, select, g->aid, g->aid_len))
        return finish(g, EXIT_NO_CARD, "no-card", "no card answers");
    if (g->sw != SW_FINE)
        return finish(g, EXIT_REFUSED, "refused", "the purse is locked or absent");
    note_serial(g);
    if (g->debits)
        return debit(g);
    if (!send(g, get, NULL, 0))
        return finish(g, EXIT_NO_CARD, "no-card", "the card has gone");
    if (g->sw != SW_FINE || !note(g, g->data, TAG_BALANCE, MONEY, "balance"))
        return finish(g, EXIT_REFUSED, "refused",
                      "the purse has no balance: it is locked or not personalised");
    return finish(g, 0, "read", NULL);
}

static int usage(const char *why)
{
    if (why)
        fprintf(stderr, "terminal purse: %s\n", why);
    fprintf(why ? stderr : stdout,
            "usage: tsm-lab terminal purse --se HOST:PORT [--amount CENTS] [--aid HEX] [--json]\n"
            "Debits a transit purse (AID %s unless said); without --amount its balance is read.\n"
            "exit: 0 done, 1 no card, 2 usage, 3 refused\n",
            default_aid);
    return why ? EXIT_USAGE : 0;
}

static bool read_amount(struct gate *g, const char *text)
{
    char digits[MONEY_DIGITS + 1];
    size_t n = strlen(text);
    if (n == 0 || n > MONEY_DIGITS || strspn(text, "0123456789") != n)
        return false;
    memset(digits, '0', MONEY_DIGITS);
    memcpy(digits + MONEY_DIGITS - n, text, n + 1);
    g->debits = true;
    return hs_hex_read(digits, g->amount, MONEY) == MONEY;
}

static bool read_aid(struct gate *g, const char *text)
{
    ssize_t n = hs_hex_read(text, g->aid, sizeof g->aid);
    g->aid_len = n > 0 ? (size_t)n : 0;
    return n > 0;
}

static void report(const struct gate *g, bool as_json)
{
    const char *name;
    json_t *value;
    if (as_json) {
        json_dumpf(g->out, stdout, JSON_COMPACT);
        putchar('\n');
        return;
    }
    json_object_foreach(g->out, name, value)
    {
        printf("  %-8s %s\n", name, json_string_value(value));
    }
}

int purse_gate_main(int argc, char **argv)
{
    enum { SE = 1, AMOUNT, AID, JSON };
    static const struct option options[] = {
        {"se", required_argument, NULL, SE},   {"amount", required_argument, NULL, AMOUNT},
        {"aid", required_argument, NULL, AID}, {"json", no_argument, NULL, JSON},
        {"help", no_argument, NULL, 'h'},      {0}};
    static struct gate g = {.element = {.fd = -1}};
    bool as_json = false, good = read_aid(&g, default_aid);
    int status;
    optind = 0;
    for (int id; good && (id = getopt_long(argc, argv, "h", options, NULL)) != -1;) {
        if (id == 'h')
            return usage(NULL);
        if (id == SE)
            g.se = optarg;
        as_json = as_json || id == JSON;
        good = id != '?' && (id != AMOUNT || read_amount(&g, optarg)) && (id != AID || read_aid(&g, optarg));
    }
    if (!good || optind < argc || !g.se)
        return usage(good && !g.se ? "--se is needed" : "unknown option or bad value");
    g.out = json_object();
    status = pass(&g);
    element_close(&g.element);
    report(&g, as_json);
    json_decref(g.out);
    return status;
}
