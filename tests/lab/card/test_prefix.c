/* SPDX-License-Identifier: Apache-2.0 */
/* Every strict prefix of a command the laboratory's card accepts is refused, and no flipped bit makes it read
 * out of bounds (run under AddressSanitizer); GPCS 2.3.1 chapter 11. */
#include "cap.h"
#include "desk.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define MAX_COMMAND 300

/* Each command with what must precede it: header, '|', data field; Lc and Le are put in. The session is at
 * level 00, so that the data field arrives as it is. */
struct row {
    const char *before[3];
    const char *command;
};

#define BEGIN_LOAD  "80E60200|05" APP_PACKAGE "00000000"
#define LOAD        "80E88000|" LOAD_FILE
#define SSD         "80E60C00|07" SD_PACKAGE "08" SD_MODULE "07" DOMAIN "018002C90000"
#define INSTALL_APP "80E60C00|05" APP_PACKAGE "06" APP_MODULE "07" APP "010002C90000"
#define BLOCK       "881110FAC3AF9FB177982EABA2E63D9EF0398603C1CCDA"
#define TOOLKIT     "EA17800D010014000202011E03D50103008106000100010000"
#define SYSTEM      "EF0BC8020400D8020200CF0140"

static const struct row rows[] = {
    {{NULL}, "80F22002|4F05A0000001515C034F9F70"},
    {{NULL}, BEGIN_LOAD},
    {{NULL}, "80E60200|05" APP_PACKAGE "00000FEF0BC60200FFC70200FFCD0101B60000"},
    {{BEGIN_LOAD}, LOAD},
    {{NULL},
     "80E60C00|07" SD_PACKAGE "08" SD_MODULE "07" DOMAIN "038080002CC90481020370" SYSTEM TOOLKIT "00"},
    {{BEGIN_LOAD, LOAD}, INSTALL_APP},
    {{SSD}, "80E62000|000007" DOMAIN "000000"},
    {{NULL}, "80D80081|31" BLOCK BLOCK BLOCK},
    {{NULL}, "80E29000|42031122334503445566"},
    {{SSD}, "80F04080|" DOMAIN},
    {{SSD}, "80E40000|4F07" DOMAIN},
    {{NULL}, "80CA2F00|5C00"},
    {{NULL}, "80500000|0001020304050607"},
};

/* Returns the length of the whole command, Le included. */
static size_t build(const char *text, uint8_t *to)
{
    char head[9];
    size_t n, lc;

    memcpy(head, text, 8);
    head[8] = '\0';
    assert_true(lab_hex_read(head, to, 4, &n));
    if (!lab_hex_read(text + 9, to + 5, MAX_COMMAND - 6, &lc))
        fail_msg("not hex: %s", text);
    to[4] = (uint8_t)lc;
    to[5 + lc] = 0x00;
    return 6 + lc;
}

/* The command in a buffer of exactly its size, so that a read behind its end is seen. */
static uint16_t exactly(struct desk *d, const uint8_t *command, size_t n)
{
    static uint8_t out[CARD_MAX_RAPDU];
    uint8_t *copy = malloc(n == 0 ? 1 : n);
    size_t len;

    assert_non_null(copy);
    memcpy(copy, command, n);
    len = card_transmit(d->card, copy, n, out);
    free(copy);
    assert_in_range(len, 2, sizeof out);
    return (uint16_t)lab_number(out + len - 2, 2);
}

static struct desk *prepared(const struct row *r)
{
    struct desk *d = desk_new(NULL);

    assert_int_equal(open_session(d, 0, 0x00), 0x9000);
    for (size_t i = 0; i < 3 && r->before[i] != NULL; i++) {
        uint8_t command[MAX_COMMAND];
        size_t n = build(r->before[i], command);

        assert_int_equal(exactly(d, command, n), 0x9000);
    }
    return d;
}

static void the_whole_commands_are_accepted(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct desk *d = prepared(&rows[i]);
        uint8_t command[MAX_COMMAND];
        uint16_t sw = exactly(d, command, build(rows[i].command, command));

        if (sw != 0x9000)
            fail_msg("row %zu: %04X", i, sw);
        desk_free(d);
    }
}

static void every_cut_command_is_refused(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        uint8_t command[MAX_COMMAND];
        size_t n = build(rows[i].command, command);

        /* Only Le, the last byte, may be left out. */
        for (size_t cut = 0; cut < n - 1; cut++) {
            struct desk *d = prepared(&rows[i]);

            if (exactly(d, command, cut) == 0x9000)
                fail_msg("row %zu cut to %zu bytes", i, cut);
            desk_free(d);
        }
    }
}

/* The same with a length byte that agrees with the cut: now the data field itself must be found too short. */
static void every_cut_data_field_is_refused(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        uint8_t command[MAX_COMMAND];
        size_t lc = build(rows[i].command, command) - 6;

        for (size_t cut = 1; cut < lc; cut++) {
            struct desk *d = prepared(&rows[i]);
            uint16_t sw;

            command[4] = (uint8_t)cut;
            sw = exactly(d, command, 5 + cut);
            /* Some prefixes are whole by themselves: a search key, a first data object, two keys of three. */
            if (sw == 0x9000 && command[1] != 0xF2 && !(command[1] == 0xE2 && cut == 5) &&
                !(command[1] == 0xD8 && cut == 47))
                fail_msg("row %zu data cut to %zu bytes", i, cut);
            desk_free(d);
        }
    }
}

static void flipped_bits_never_lead_out_of_bounds(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        uint8_t command[MAX_COMMAND];
        size_t n = build(rows[i].command, command);

        for (size_t bit = 0; bit < 8 * n; bit++) {
            struct desk *d = prepared(&rows[i]);

            command[bit / 8] ^= (uint8_t)(1U << bit % 8);
            exactly(d, command, n);
            command[bit / 8] ^= (uint8_t)(1U << bit % 8);
            desk_free(d);
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_whole_commands_are_accepted),
        cmocka_unit_test(every_cut_command_is_refused),
        cmocka_unit_test(every_cut_data_field_is_refused),
        cmocka_unit_test(flipped_bits_never_lead_out_of_bounds),
    };

    return cmocka_run_group_tests_name("lab card: prefixes", tests, NULL, NULL);
}
