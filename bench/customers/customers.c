/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A bank and its customers: embedded secure elements are put into the inventory, then several customers at
 * once order a payment application each and keep their phone at it until the order is done. Bench only; made
 * of laboratory parts alone. Prints one JSON object.
 *
 *   customers ORIGIN CA_FILE BANK_TOKEN_FILE OPERATOR_TOKEN_FILE ORDERS AT_ONCE RUN
 */
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "bank/order/api.h"
#include "customers/phone.h"

enum { AT_ONCE_MAX = 64, ID_LEN = 9, TOKEN_MAX = 256, KEY_LEN = 16, ORDER_WAIT_S = 20, STATUS_CREATED = 201 };

static struct {
    const char *origin, *ca;
    char bank[TOKEN_MAX], operator_[TOKEN_MAX];
    size_t orders;
    _Atomic size_t next, failed, apdus, reports;
    double *seconds;
    unsigned run; /* part of the elements' names */
} bench;

/* BE, the number of the run, the number of the element. */
static void name_of(size_t i, uint8_t id[ID_LEN], char text[2 * ID_LEN + 1])
{
    const uint64_t n = i;
    id[0] = 0xBE;
    for (int k = 0; k < 4; k++)
        id[1 + k] = (uint8_t)(bench.run >> (24 - 8 * k));
    for (int k = 0; k < 4; k++)
        id[5 + k] = (uint8_t)(n >> (24 - 8 * k));
    for (int k = 0; k < ID_LEN; k++)
        snprintf(text + 2 * k, 3, "%02X", id[k]);
}

static const uint8_t card_key[KEY_LEN] = {0x50, 0x51, 0x52, 0x53, 0x54, 0x55, 0x56, 0x57,
                                          0x58, 0x59, 0x5A, 0x5B, 0x5C, 0x5D, 0x5E, 0x5F};

static bool import_all(void)
{
    static const char key[] = "505152535455565758595A5B5C5D5E5F";
    struct bank_api a;
    json_t *list = json_array(), *answer;
    long status = 0;
    if (!bank_api_open(&a, bench.origin, bench.ca, bench.operator_))
        return false;
    for (size_t i = 0; i < bench.orders; i++) {
        uint8_t id[ID_LEN];
        char text[2 * ID_LEN + 1];
        name_of(i, id, text);
        json_array_append_new(list,
                              json_pack("{ss ss ss si ss ss ss}", "seid", text, "profile", "lab-ese",
                                        "protocol", "scp03", "kvn", 255, "enc", key, "mac", key, "dek", key));
    }
    answer = bank_api_call(&a, "/api/v1/secure-elements", list, &status);
    if (status != API_STATUS_OK && status != STATUS_CREATED)
        fprintf(stderr, "customers: the inventory was not taken: status %ld\n", status);
    json_decref(answer);
    json_decref(list);
    bank_api_close(&a);
    return status == API_STATUS_OK || status == STATUS_CREATED;
}

static char *seal(struct bank_api *a)
{
    json_t *card = json_pack("{ss ss ss ss ss ss ss}", "pan", "5413330089010434", "psn", "01", "expiry",
                             "3012", "effective", "2611", "service_code", "201", "cardholder",
                             "DEMO/CUSTOMER", "card_ref", "bench");
    char *jwe = bank_api_seal(a, card);
    json_decref(card);
    return jwe;
}

/* The order is posted, served and awaited; false with a message when it does not end well. */
static bool one_order(struct bank_api *a, struct phone *p, const char *jwe)
{
    long status = 0;
    json_t *order, *end = NULL,
                   *body = json_pack("{ss ss s{ss} ss}", "operation", "deploy", "service", "demo-payment",
                                     "se", "seid", p->se_id, "data", jwe);
    const json_t *seram;
    bool done;
    order = bank_api_call(a, "/api/v1/orders", body, &status);
    json_decref(body);
    seram = json_object_get(order, "seram");
    done = seram && phone_serve(p, bank_text(seram, "url"), bank_text(seram, "session_id"));
    if (done)
        end = bank_api_order(a, bank_text(order, "order"), ORDER_WAIT_S, &status);
    done = end && !strcmp(bank_text(end, "state"), "DONE");
    if (!done)
        fprintf(stderr, "customers: order of %s: status %ld, state %s\n", p->se_id, status,
                bank_text(end, "state"));
    json_decref(order);
    json_decref(end);
    return done;
}

static void serve_orders(struct bank_api *a, struct phone *p, const char *jwe)
{
    size_t i;
    while ((i = atomic_fetch_add(&bench.next, 1)) < bench.orders) {
        struct card_config config = {.key_len = KEY_LEN, .seid_len = ID_LEN};
        char text[2 * ID_LEN + 1];
        double from;
        memcpy(config.key, card_key, sizeof card_key);
        name_of(i, config.seid, text);
        p->se_id = text;
        p->card = card_new(&config);
        from = phone_now();
        if (!p->card || !one_order(a, p, jwe))
            atomic_fetch_add(&bench.failed, 1);
        bench.seconds[i] = phone_now() - from;
        card_free(p->card);
    }
}

static void *customer(void *arg)
{
    struct bank_api a;
    struct phone p = {.http = https_new(bench.ca)};
    char *jwe = NULL;
    (void)arg;
    if (p.http && bank_api_open(&a, bench.origin, bench.ca, bench.bank)) {
        jwe = seal(&a);
        if (jwe)
            serve_orders(&a, &p, jwe);
        bank_api_close(&a);
    }
    atomic_fetch_add(&bench.apdus, p.apdus);
    atomic_fetch_add(&bench.reports, p.reports);
    https_free(p.http);
    free(jwe);
    return NULL;
}

static int ascending(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return x < y ? -1 : x > y;
}

static int run(unsigned at_once)
{
    pthread_t threads[AT_ONCE_MAX];
    unsigned n = 0;
    double from = phone_now(), seconds;
    while (n < at_once && pthread_create(&threads[n], NULL, customer, NULL) == 0)
        n++;
    for (unsigned i = 0; i < n; i++)
        pthread_join(threads[i], NULL);
    seconds = phone_now() - from;
    qsort(bench.seconds, bench.orders, sizeof *bench.seconds, ascending);
    printf("{\"orders\":%zu,\"failed\":%zu,\"seconds\":%.4f,\"p50\":%.4f,\"p99\":%.4f,\"apdus\":%zu,"
           "\"reports\":%zu}\n",
           bench.orders, bench.failed, seconds, bench.seconds[bench.orders / 2],
           bench.seconds[bench.orders * 99 / 100], bench.apdus, bench.reports);
    return bench.failed || bench.next < bench.orders ? 1 : 0;
}

int main(int argc, char **argv)
{
    char bank[TOKEN_MAX], operator_[TOKEN_MAX];
    unsigned at_once = argc == 8 ? (unsigned)strtoul(argv[6], NULL, 10) : 0;
    if (at_once == 0 || at_once > AT_ONCE_MAX) {
        fputs("usage: customers ORIGIN CA_FILE BANK_TOKEN_FILE OPERATOR_TOKEN_FILE ORDERS AT_ONCE RUN\n",
              stderr);
        return 2;
    }
    bench.origin = argv[1];
    bench.ca = argv[2];
    snprintf(bank, sizeof bank, "@%.200s", argv[3]);
    snprintf(operator_, sizeof operator_, "@%.200s", argv[4]);
    bench.orders = strtoul(argv[5], NULL, 10);
    bench.run = (unsigned)strtoul(argv[7], NULL, 10);
    bench.seconds = calloc(bench.orders, sizeof *bench.seconds);
    if (!bench.seconds || !bank_read_secret(bank, bench.bank, sizeof bench.bank) ||
        !bank_read_secret(operator_, bench.operator_, sizeof bench.operator_) || !import_all())
        return 1;
    return run(at_once);
}
