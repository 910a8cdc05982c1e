/* SPDX-License-Identifier: Apache-2.0 */
/* What the owner signs for a provider and what it does not; what receipts mean for the order. Unit test of
 * order/manage/authority.h. [GPCS 9.2.3, C.4, C.5] */
#include <string.h>

#include "gp/command/delete.h"
#include "gp/command/install.h"
#include "order/manage/authority.h"
#include "rig.h"

#define OTHER_DOMAIN "F04F54534DD00009"
#define SECOND       "F04F54534DD00002"
#define FOREIGN      "A0000000041010"
#define HASH         "000102030405060708090A0B0C0D0E0F10111213"

/* Octets that a row needs live until the next row. */
static struct octets pool[16];
static size_t used;

static struct bytes keep(const char *hex)
{
    pool[used] = octets_of(hex);
    return octets_bytes(&pool[used++]);
}

static struct bytes command_of(const struct gp_install *i)
{
    static uint8_t out[300];
    struct writer w = WRITER(out);
    assert_ok(install_write(i, &w));
    return written(&w);
}

static struct token_terms terms_of(void)
{
    static struct octets domain, second, package, payment, foreign, hash;
    static struct bytes domains[1], content[2], others[1], hashes[1];
    used = 0;
    domain = octets_of(RIG_DOMAIN);
    second = octets_of(SECOND);
    package = octets_of(RIG_PACKAGE);
    payment = octets_of(RIG_PAYMENT);
    foreign = octets_of(FOREIGN);
    hash = octets_of(HASH);
    domains[0] = octets_bytes(&second);
    content[0] = octets_bytes(&package);
    content[1] = octets_bytes(&payment);
    others[0] = octets_bytes(&foreign);
    hashes[0] = octets_bytes(&hash);
    return (struct token_terms){octets_bytes(&domain), {domains, 1},         {content, 2}, {others, 1},
                                {hashes, 1},           PRIVILEGE_CARD_RESET, MAY_ALL};
}

/* One INSTALL by its hex members in the order of the struct; NULL: none. */
static const struct {
    const char *what;
    uint8_t p1;
    const char *load_file, *module, *application, *domain, *hash, *privileges, *parameters;
    enum tsm_err due;
} rows[] = {
    {"a load into the domain", 0x02, "F04F54534D0002", NULL, NULL, RIG_DOMAIN, HASH, NULL, NULL, TSM_OK},
    {"a load into the domain that sends it", 0x02, "F04F54534D0002", NULL, NULL, NULL, HASH, NULL, NULL,
     TSM_OK},
    {"a load into another domain", 0x02, "F04F54534D0002", NULL, NULL, OTHER_DOMAIN, HASH, NULL, NULL,
     TSM_NOT_ALLOWED},
    {"a load under a foreign AID", 0x02, FOREIGN, NULL, NULL, RIG_DOMAIN, HASH, NULL, NULL, TSM_NOT_ALLOWED},
    {"a load of other code", 0x02, "F04F54534D0002", NULL, NULL, RIG_DOMAIN,
     "FF0102030405060708090A0B0C0D0E0F10111213", NULL, NULL, TSM_NOT_ALLOWED},
    {"an installation", 0x0C, RIG_PACKAGE, "F04F54534D000101", "F04F54534D0102", NULL, NULL, "000000", "C900",
     TSM_OK},
    {"an installation with the agreed privilege", 0x0C, RIG_PACKAGE, "F04F54534D000101", "F04F54534D0102",
     NULL, NULL, "04", "C900", TSM_OK},
    {"an installation with a privilege too many", 0x0C, RIG_PACKAGE, "F04F54534D000101", "F04F54534D0102",
     NULL, NULL, "804000", "C900", TSM_NOT_ALLOWED},
    {"an installation from foreign code", 0x04, FOREIGN, "F04F54534D000101", "F04F54534D0102", NULL, NULL,
     "00", "C900", TSM_NOT_ALLOWED},
    {"an installation under a foreign AID", 0x04, RIG_PACKAGE, "F04F54534D000101", FOREIGN, NULL, NULL, "00",
     "C900", TSM_NOT_ALLOWED},
    {"make selectable of own content", 0x08, NULL, NULL, RIG_PAYMENT, NULL, NULL, "00", NULL, TSM_OK},
    {"make selectable of foreign content", 0x08, NULL, NULL, FOREIGN, NULL, NULL, "00", NULL,
     TSM_NOT_ALLOWED},
    {"an extradition among own domains", 0x10, NULL, NULL, RIG_PAYMENT, SECOND, NULL, NULL, NULL, TSM_OK},
    {"an extradition to a foreign tree", 0x10, NULL, NULL, RIG_PAYMENT, OTHER_DOMAIN, NULL, NULL, NULL,
     TSM_NOT_ALLOWED},
    {"an extradition of foreign content", 0x10, NULL, NULL, FOREIGN, SECOND, NULL, NULL, NULL,
     TSM_NOT_ALLOWED},
    {"a registry update", 0x40, NULL, NULL, RIG_PAYMENT, NULL, NULL, "040000", NULL, TSM_OK},
    {"a registry update to a privilege too many", 0x40, NULL, NULL, RIG_PAYMENT, NULL, NULL, "100000", NULL,
     TSM_NOT_ALLOWED},
    {"a registry update to a foreign tree", 0x40, NULL, NULL, RIG_PAYMENT, OTHER_DOMAIN, NULL, NULL, NULL,
     TSM_NOT_ALLOWED},
};

static struct bytes hex_or_none(const char *hex)
{
    return hex ? keep(hex) : BYTES_NONE;
}

static void commands_are_judged_by_what_they_would_do(void **state)
{
    (void)state;
    for (size_t n = 0; n < sizeof rows / sizeof rows[0]; n++) {
        struct token_terms t = terms_of();
        struct gp_install i = {.p1 = rows[n].p1,
                               .load_file = hex_or_none(rows[n].load_file),
                               .module = hex_or_none(rows[n].module),
                               .application = hex_or_none(rows[n].application),
                               .domain = hex_or_none(rows[n].domain),
                               .hash = hex_or_none(rows[n].hash),
                               .privileges = hex_or_none(rows[n].privileges),
                               .parameters = hex_or_none(rows[n].parameters)};
        enum tsm_err got = token_judge(&t, command_of(&i));
        if (got != rows[n].due)
            fail_msg("%s: %s", rows[n].what, err_cause());
        if (got != TSM_OK)
            assert_non_null(strstr(err_cause(), "no token"));
        err_clear();
    }
}

static void deletion_is_of_own_content_alone(void **state)
{
    struct token_terms t = terms_of();
    uint8_t out[64];
    struct writer w = WRITER(out);
    (void)state;
    assert_ok(delete_write(&(struct gp_delete){.aid = keep(RIG_PACKAGE), .related = true}, &w));
    assert_ok(token_judge(&t, written(&w)));
    w.len = 0;
    assert_ok(delete_write(&(struct gp_delete){.aid = keep(FOREIGN)}, &w));
    assert_err(token_judge(&t, written(&w)), TSM_NOT_ALLOWED);
}

static void what_is_not_delegated_gets_no_token(void **state)
{
    static const struct {
        size_t row;
        unsigned without;
    } cases[] = {{0, MAY_LOAD}, {5, MAY_INSTALL}, {10, MAY_INSTALL}, {12, MAY_EXTRADITE}, {15, MAY_UPDATE}};
    (void)state;
    for (size_t n = 0; n < sizeof cases / sizeof cases[0]; n++) {
        struct token_terms t = terms_of();
        size_t k = cases[n].row;
        struct gp_install i = {.p1 = rows[k].p1,
                               .load_file = hex_or_none(rows[k].load_file),
                               .module = hex_or_none(rows[k].module),
                               .application = hex_or_none(rows[k].application),
                               .domain = hex_or_none(rows[k].domain),
                               .hash = hex_or_none(rows[k].hash),
                               .privileges = hex_or_none(rows[k].privileges),
                               .parameters = hex_or_none(rows[k].parameters)};
        t.may = MAY_ALL & ~cases[n].without;
        assert_err(token_judge(&t, command_of(&i)), TSM_NOT_ALLOWED);
        t.may = cases[n].without;
        assert_ok(token_judge(&t, command_of(&i)));
    }
}

static void what_takes_no_token_is_not_judged(void **state)
{
    struct token_terms t = terms_of();
    struct gp_install i = {.p1 = INSTALL_FOR_PERSONALIZATION, .application = keep(RIG_PAYMENT)};
    (void)state;
    assert_err(token_judge(&t, command_of(&i)), TSM_BAD_VALUE);
}

static void every_bad_receipt_names_who_acts_and_what_to_do(void **state)
{
    (void)state;
    for (int v = 0; v < RECEIPT_VERDICT_COUNT; v++) {
        struct receipt_judgement j = {(enum receipt_verdict)v, 9};
        struct failure f = {.owner = OWNER_HUB};
        assert_int_equal(receipt_failure(&j, 7, &f), v != RECEIPT_GOOD);
        assert_int_equal(receipt_counter(&j, 7), v == RECEIPT_GOOD ? 9 : 7);
        if (v == RECEIPT_GOOD)
            continue;
        assert_true(f.owner != OWNER_HUB);
        assert_true(f.next_action[0]);
        assert_non_null(strstr(f.reason, receipt_verdict_text((enum receipt_verdict)v)));
        assert_non_null(strstr(f.reason, "counter 9"));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(commands_are_judged_by_what_they_would_do),
        cmocka_unit_test(deletion_is_of_own_content_alone),
        cmocka_unit_test(what_is_not_delegated_gets_no_token),
        cmocka_unit_test(what_takes_no_token_is_not_judged),
        cmocka_unit_test(every_bad_receipt_names_who_acts_and_what_to_do),
    };
    return cmocka_run_group_tests_name("authority", tests, NULL, NULL);
}
