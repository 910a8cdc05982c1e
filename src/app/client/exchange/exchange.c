/* SPDX-License-Identifier: Apache-2.0 */
/* `tsm order exchange`: a change of an issued application, without writing JSON. Stations 1 and 12, seen from
 * outside. Edge. [TR-03165, ExchangeServiceData] */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "app/client/exchange/values.h"
#include "app/client/verbs.h"
#include "base/hex.h"

enum { NUMBER_DIGITS = 12 };

static const char *const elements[] = {"iccid", "seid", "msisdn", "eid", "cplc", "cin", NULL};
static const char *const known[] = {"service",    "data",  "tag",  "value",  "sfi", "record",
                                    "amount",     "iccid", "seid", "msisdn", "eid", "commands",
                                    "deadline_s", "cplc",  "cin",  NULL};

/* What it is about: one name of the secure element. */
static json_t *element_of(const struct client_args *a)
{
    for (size_t i = 0; elements[i]; i++)
        if (*value_given(a, elements[i]))
            return json_pack("{ss}", elements[i], value_given(a, elements[i]));
    return NULL;
}

static void set_number(json_t *o, const struct client_args *a, const char *name)
{
    const char *value = value_given(a, name);
    if (text_is_digits(value, 1, NUMBER_DIGITS))
        json_object_set_new(o, name, json_integer(strtoll(value, NULL, 10)));
    else if (*value)
        json_object_set_new(o, name, json_string(value)); /* the server says what is wrong with it */
}

static json_t *change_of(const struct client_args *a)
{
    static const char *const texts[] = {"tag", "value", NULL}, *const numbers[] = {"sfi", "record", "amount",
                                                                                   NULL};
    json_t *o = json_pack("{ss}", "kind", a->operand), *list;
    for (size_t i = 0; texts[i]; i++)
        if (*value_given(a, texts[i]))
            json_object_set_new(o, texts[i], json_string(value_given(a, texts[i])));
    for (size_t i = 0; numbers[i]; i++)
        set_number(o, a, numbers[i]);
    if (*value_given(a, "commands")) {
        char *text = value_text(value_given(a, "commands"));
        list = text ? json_loads(text, JSON_REJECT_DUPLICATES, NULL) : NULL;
        json_object_set_new(o, "commands", list ? list : json_null());
        free(text);
    }
    return o;
}

static char *order_text(const struct client_args *a)
{
    char *data = value_text(value_given(a, "data")), *text = NULL;
    json_t *se = element_of(a), *o = NULL;
    if (!se)
        fprintf(stderr, "tsm: --with iccid=.. (or seid, msisdn, eid, cplc, cin) names the secure element\n");
    if (se && data)
        o = json_pack("{ss ss sO so ss}", "operation", "exchange", "service", value_given(a, "service"), "se",
                      se, "exchange", change_of(a), "data", data);
    if (o)
        set_number(o, a, "deadline_s");
    if (o)
        text = json_text(o);
    json_decref(o);
    json_decref(se);
    free(data);
    return text;
}

static enum client_exit run(struct client *c)
{
    char *text = values_known(&c->args, known) ? order_text(&c->args) : NULL;
    struct client_request r = {
        .method = "POST", .path = "/api/v1/orders", .content_type = "application/json", .key = c->args.ref};
    json_t *order = NULL;
    enum client_exit status;
    if (!text)
        return CLIENT_USAGE;
    r.body = bytes_of_text(text);
    status = client_ask(c, &r, &order);
    free(text);
    if (status != CLIENT_FINE)
        return status;
    if (c->args.json)
        client_print_json(order);
    else
        printf("order %s  %s\n  follow it: tsm order wait %s\n", client_text(order, "order"),
               client_text(order, "state"), client_text(order, "order"));
    json_decref(order);
    return CLIENT_FINE;
}

static const struct client_verb verb = {
    "order exchange KIND --with service=NAME --with iccid=.. --with data=@FILE [--with NAME=VALUE ..] [--ref "
    "TEXT]",
    "orders a change of an issued application: pin-reset, pin-change, counter-reset, parameter (tag= or sfi= "
    "and "
    "record=, value=), top-up (amount=), block, unblock, script (commands=@FILE); data: the card data as JWE",
    "TSM_TOKEN_BANK",
    OPTION_WITH | OPTION_REF,
    true,
    run};

int client_order_exchange(int argc, char **argv)
{
    return client_main(&verb, argc, argv);
}
