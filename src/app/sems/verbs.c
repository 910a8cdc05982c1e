/* SPDX-License-Identifier: Apache-2.0 */
/* The verbs of `tsm sems`. Edge. [GPCS Amendment I] */
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>

#include "app/sems/sems.h"
#include "app/tsm.h"
#include "base/hex.h"
#include "gp/command/describe.h"
#include "gp/command/select.h"
#include "gp/tlv.h"

static struct bytes span(const struct sems_octets *o)
{
    return BYTES_OF(o->at, o->len);
}

void sems_print(struct bytes b)
{
    for (size_t i = 0; i < b.len; i++)
        printf("%02X", b.at[i]);
    putchar('\n');
}

static int ended(enum tsm_err e)
{
    return e == TSM_OK ? TSM_EXIT_OK : tsm_failed(e);
}

static enum tsm_err certify(struct sems_args *a)
{
    static const uint8_t first_serial[] = {0x01}, signs_scripts[] = {0x00, 0x80};
    uint8_t room[SEMS_CERTIFICATE_MAX];
    struct writer w = WRITER(room);
    struct sems_signer root = sems_signer_of(&a->key);
    struct sems_certificate c = {.serial = a->serial.len ? span(&a->serial) : BYTES(first_serial),
                                 .usage = a->usage.len ? span(&a->usage) : BYTES(signs_scripts),
                                 .issuer = span(&a->issuer),
                                 .issuer_key = span(&a->issuer_key),
                                 .holder = span(&a->holder),
                                 .domain = span(&a->domain),
                                 .point = span(&a->point)};
    TRY(sems_certify(&c, &root, &w));
    sems_print(written(&w));
    return TSM_OK;
}

/* A frame on a line, so that a script can be read and cut with the usual tools. */
static enum tsm_err print_frames(struct bytes script)
{
    struct reader r = READER(script);
    struct tlv frame;
    while (r.left.len) {
        TRY(tlv_next(&r, &frame));
        sems_print(frame.whole);
    }
    return TSM_OK;
}

static enum tsm_err build(struct sems_args *a)
{
    struct sems_signer writer = sems_signer_of(&a->key);
    struct sems_lines l;
    struct writer w = {malloc(SEMS_SCRIPT_MAX), 0, SEMS_SCRIPT_MAX};
    struct sems_script s = {.certificate = span(&a->certificate), .number = (uint32_t)a->number};
    enum tsm_err e = w.at ? sems_lines_read(a->file, &l) : FAIL(NO_MEMORY, "no memory for a script");
    if (e == TSM_OK) {
        s.command = l.line;
        s.commands = l.lines;
        e = sems_write(&s, &writer, &w);
        free(l.room);
    }
    if (e == TSM_OK)
        e = print_frames(written(&w));
    free(w.at);
    return e;
}

static enum tsm_err walk(struct sems_reader *r, json_t *list)
{
    char text[GP_DESCRIBE_MAX];
    struct sems_command c;
    enum tsm_err e;
    while ((e = sems_next(r, &c)) == TSM_OK) {
        gp_describe(c.plain, text, sizeof text);
        json_array_append_new(list, json_string(text));
    }
    return e == TSM_NOT_FOUND ? TSM_OK : e;
}

static void say(const struct sems_reader *r, const json_t *list, bool as_json)
{
    char holder[2 * SEMS_HOLDER_MAX + 1], domain[33];
    const json_t *line;
    size_t i;
    hex_text(r->certificate.holder, holder);
    hex_text(r->certificate.domain, domain);
    if (as_json) {
        json_t *o = json_pack("{sb ss ss sI sO}", "right", 1, "holder", holder, "domain", domain, "number",
                              (json_int_t)r->number, "commands", list);
        json_dumpf(o, stdout, JSON_COMPACT);
        putchar('\n');
        json_decref(o);
        return;
    }
    printf("holder     %s\ndomain     %s\nnumber     %u\n", holder, domain, r->number);
    json_array_foreach(list, i, line) printf("command    %s\n", json_string_value(line));
    puts("verdict    the script is right");
}

static enum tsm_err check(struct sems_args *a)
{
    struct sems_lines l;
    struct sems_reader r;
    json_t *list = json_array();
    enum tsm_err e = sems_lines_read(a->file, &l);
    if (e == TSM_OK) {
        e = sems_open(BYTES_OF(l.room, l.octets), &a->key, &r);
        if (e == TSM_OK)
            e = walk(&r, list);
        if (e == TSM_OK)
            say(&r, list, a->json);
        free(l.room);
    }
    json_decref(list);
    return e;
}

static enum tsm_err commands(struct sems_args *a)
{
    uint8_t room[SEMS_TEXT_MAX / 1024];
    struct writer w = WRITER(room);
    struct sems_player p;
    struct sems_lines l;
    enum tsm_err e;
    TRY(select_write(BYTES(sems_application), &w));
    TRY(sems_lines_read(a->file, &l));
    p = sems_player_of(BYTES_OF(l.room, l.octets), (size_t)a->block);
    do {
        sems_print(written(&w));
        w.len = 0;
        e = sems_play(&p, &w);
    } while (e == TSM_OK);
    free(l.room);
    return e == TSM_NOT_FOUND ? TSM_OK : e;
}

/* A verb needs these options; without them the usage is shown. */
static int run(int argc, char **argv, enum tsm_err (*verb)(struct sems_args *a))
{
    SEMS_ARGS a = {.number = 0};
    int status = sems_args_read(argc, argv, &a);
    bool needs_key = verb != commands, needs_file = verb != certify;
    if (status >= 0)
        return status;
    if ((needs_key && !a.key.ops) || (needs_file != (a.file != NULL)) ||
        (verb == build && (!a.certificate.len || !a.number)))
        return sems_usage(TSM_EXIT_USAGE);
    return ended(verb(&a));
}

static int sems_certify_verb(int argc, char **argv)
{
    return run(argc, argv, certify);
}
static int sems_build_verb(int argc, char **argv)
{
    return run(argc, argv, build);
}
static int sems_check_verb(int argc, char **argv)
{
    return run(argc, argv, check);
}
static int sems_commands_verb(int argc, char **argv)
{
    return run(argc, argv, commands);
}

const struct tsm_command tsm_sems_commands[] = {
    {"sems", "certify", sems_certify_verb, "a certificate for a writer of offline scripts"},
    {"sems", "build", sems_build_verb, "commands become a signed script that a card runs without a server"},
    {"sems", "check", sems_check_verb, "is a script right, and what does it order (1: it was changed)"},
    {"sems", "commands", sems_commands_verb, "what an agent sends to the card for a script"},
    {NULL, NULL, NULL, NULL},
};
