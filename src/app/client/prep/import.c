/* SPDX-License-Identifier: Apache-2.0 */
/* `tsm order import`: an issuer's file of cards becomes orders, each card's record encrypted here to the
 * provider's intake key, so that no card number is on the wire or in the server's reach in clear. Sending a
 * file again is harmless: what is known is told as known. Station 1, seen from outside. Edge. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "app/client/client.h"
#include "app/client/verbs.h"
#include "base/csv/csv.h"
#include "emv/intake/file.h"
#include "vault/jose/jwe.h"

struct cards {
    struct client *c;
    FILE *from;
    bool csv, has_head;
    struct issuer_head head;
    json_t *intake;
    int64_t number, accepted, refused;
    char line[ISSUER_LINE_MAX + 2], jwe[JWE_MAX];
};

/* The record as compact JWE; its text is wiped. */
static enum tsm_err seal(struct cards *s, const json_t *record)
{
    struct writer w = {(uint8_t *)s->jwe, 0, sizeof s->jwe - 1};
    char *text = json_text(record);
    enum tsm_err e;
    NEED(text != NULL, NO_MEMORY);
    e = vault_jwe_seal(s->intake, (struct jwe_content){bytes_of_text(text), NULL}, &w);
    explicit_bzero(text, strlen(text));
    free(text);
    s->jwe[w.len] = 0;
    return e;
}

static void count(struct cards *s, const json_t *order)
{
    s->accepted++;
    if (!s->c->args.json)
        printf("line %lld: order %s %s\n", (long long)s->number, client_text(order, "order"),
               client_text(order, "state"));
}

static enum client_exit post(struct cards *s, const struct issuer_row *row)
{
    struct client_request r = {
        .method = "POST", .path = "/api/v1/orders", .content_type = "application/json"};
    json_t *order = NULL, *body = json_pack("{ss ss s{ss} ss}", "operation", "deploy", "service",
                                            row->service, "se", row->se_kind, row->se_ref, "data", s->jwe);
    char *text = body ? json_text(body) : NULL;
    enum client_exit status = CLIENT_FAILED;
    json_decref(body);
    if (text) {
        r.body = bytes_of_text(text);
        status = client_ask(s->c, &r, &order);
    }
    free(text);
    if (status == CLIENT_FINE)
        count(s, order);
    json_decref(order);
    return status;
}

static void refuse(struct cards *s, enum tsm_err e)
{
    fprintf(stderr, "line %lld: %s%s%s\n", (long long)s->number, err_text(e), err_cause()[0] ? ": " : "",
            err_cause());
    err_clear();
    s->refused++;
}

static void one_card(struct cards *s, struct bytes line)
{
    struct issuer_row row = {.record = NULL};
    enum tsm_err e = s->csv ? issuer_csv_read(&s->head, line, &row) : issuer_cps_read(line, &row);
    if (e == TSM_OK)
        e = seal(s, row.record);
    json_decref(row.record);
    if (e != TSM_OK) {
        refuse(s, e);
    } else if (post(s, &row) != CLIENT_FINE) {
        fprintf(stderr, "line %lld was refused\n", (long long)s->number);
        s->refused++;
    }
}

static enum client_exit take_line(struct cards *s)
{
    struct bytes line = bytes_of_text(s->line);
    enum tsm_err e;
    if (s->number++ == 0)
        line = csv_without_mark(line);
    while (line.len && (line.at[line.len - 1] == '\n' || line.at[line.len - 1] == '\r'))
        line.len--;
    if (line.len == 0 || line.at[0] == '#')
        return CLIENT_FINE;
    if (!s->csv || s->has_head) {
        one_card(s, line);
        return CLIENT_FINE;
    }
    e = issuer_head_read(line, &s->head);
    s->has_head = e == TSM_OK;
    return e == TSM_OK ? CLIENT_FINE : client_trouble(s->c, e);
}

static enum client_exit run(struct cards *s)
{
    struct client_request ask = {.method = "GET", .path = "/api/v1/intake-key"};
    enum client_exit status = client_ask(s->c, &ask, &s->intake);
    while (status == CLIENT_FINE && fgets(s->line, sizeof s->line, s->from))
        status = take_line(s);
    json_decref(s->intake);
    if (status != CLIENT_FINE)
        return status;
    if (s->c->args.json) {
        json_t *all =
            json_pack("{sI sI}", "orders", (json_int_t)s->accepted, "refused", (json_int_t)s->refused);
        client_print_json(all);
        json_decref(all);
    } else {
        printf("%lld cards are orders, %lld refused\n", (long long)s->accepted, (long long)s->refused);
    }
    return s->refused ? CLIENT_FAILED : CLIENT_FINE;
}

static enum client_exit import(struct client *c)
{
    const char *dot = strrchr(c->args.operand, '.');
    const char *form = c->args.format ? c->args.format : dot ? dot + 1 : "";
    struct cards *s;
    enum client_exit status;
    FILE *from;
    if (strcmp(form, "csv") != 0 && strcmp(form, "cps") != 0) {
        fprintf(stderr, "tsm: the form of the file: --format csv or cps\n");
        return CLIENT_USAGE;
    }
    from = strcmp(c->args.operand, "-") == 0 ? stdin : fopen(c->args.operand, "rb");
    if (!from)
        return client_trouble(c, FAIL(IO, "%.200s: %s", c->args.operand, strerror(errno)));
    setvbuf(from, NULL, _IONBF, 0); /* no second copy of the cards */
    s = calloc(1, sizeof *s);
    if (s) {
        s->c = c;
        s->from = from;
        s->csv = form[1] == 's';
    }
    status = s ? run(s) : client_trouble(c, FAIL(NO_MEMORY, "no memory for an import"));
    fclose(from);
    if (s)
        explicit_bzero(s, sizeof *s);
    free(s);
    return status;
}

int client_order_import(int argc, char **argv)
{
    static const struct client_verb verb = {
        "order import FILE|- [--format csv|cps]",
        "makes an order of each card of an issuer's file; a card that is known is its old order",
        "TSM_TOKEN_BANK",
        OPTION_FORMAT,
        true,
        import};
    return client_main(&verb, argc, argv);
}
