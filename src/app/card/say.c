/* SPDX-License-Identifier: Apache-2.0 */
/* What `tsm card` tells: one document, printed as JSON or as lines of text; plans and traces with secrets
 * masked. App. */
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "app/card/card.h"
#include "app/tsm.h"
#include "base/hex.h"
#include "gp/apdu/ins.h"
#include "gp/command/describe.h"

enum { SHOWN_MAX = 48, HEX_ROOM = 2 * SHOWN_MAX + 32, LABEL_WIDTH = 22, INDENT = 2, PROGRESS_EVERY = 8 };

void card_done(struct card *c, const char *fmt, ...)
{
    char text[GP_DESCRIBE_MAX];
    va_list ap;
    va_start(ap, fmt);
    vsnprintf(text, sizeof text, fmt, ap);
    va_end(ap);
    if (!c->args->dry_run)
        json_array_append_new(c->done, json_string(text));
}

/* Header and length only of commands that carry keys or card data; the beginning of long ones. */
static const char *masked(struct bytes command, char out[HEX_ROOM])
{
    bool secret =
        command.len > APDU_HEADER + 1 && (command.at[1] == INS_PUT_KEY || command.at[1] == INS_STORE_DATA);
    size_t show = secret ? APDU_HEADER + 1 : command.len < SHOWN_MAX ? command.len : SHOWN_MAX;
    hex_text(BYTES_OF(command.at, show), out);
    if (show < command.len)
        snprintf(out + 2 * show, HEX_ROOM - 2 * show, "..(%zu)", command.len);
    return out;
}

/* Commands that an owner makes tokens over: told whole, they hold no secret [GPCS C.4]. */
static bool is_signed(struct bytes command)
{
    return command.len > APDU_HEADER && (command.at[1] == INS_INSTALL || command.at[1] == INS_DELETE);
}

void card_plan_add(struct card *c, struct bytes plain, bool sent)
{
    char text[GP_DESCRIBE_MAX], hex[HEX_ROOM];
    json_t *row;
    gp_describe(plain, text, sizeof text);
    row = json_pack("{ss ss}", "text", text, "apdu", masked(plain, hex));
    if (c->args->json && is_signed(plain))
        card_set_hex(row, "apdu", plain);
    if (sent)
        json_object_set_new(row, "sent", json_true());
    json_array_append_new(c->plan, row);
}

void card_trace(const struct card *c, struct bytes plain, const struct rapdu *answer)
{
    char text[GP_DESCRIBE_MAX], hex[HEX_ROOM];
    if (!c->args->verbose)
        return;
    gp_describe(plain, text, sizeof text);
    fprintf(stderr, "%s\n> %s\n< (%zu) %04X %s\n", text, masked(plain, hex), answer->data.len, answer->sw,
            sw_text(answer->sw));
}

void card_progress(const struct card *c, const char *what, size_t n, size_t of)
{
    bool last = n == of;
    if (c->args->dry_run || c->args->verbose || !isatty(STDERR_FILENO))
        return;
    if (n % PROGRESS_EVERY == 0 || last)
        fprintf(stderr, "\r%s %zu of %zu%s", what, n, of, last ? "\n" : "");
}

void card_set_hex(json_t *o, const char *member, struct bytes b)
{
    char *text = malloc(2 * b.len + 1);
    if (text)
        json_object_set_new(o, member, json_string(hex_text(b, text)));
    free(text);
}

json_t *card_keyset_json(const struct card_keyset *k, const struct key_source *s)
{
    static const char *const kdfs[] = {"none", "emv", "visa2", "kdf3"};
    static const char *const words[] = {"enc", "mac", "dek"};
    char version[3];
    uint8_t kvn = k->form.kvn;
    json_t *kcvs = json_object(), *o;
    for (size_t i = 0; i < KEYSET_KEYS; i++)
        card_set_hex(kcvs, words[i], BYTES(k->kcvs[i]));
    o = json_pack("{ss si ss ss so}", "algorithm", k->form.alg == CIPHER_AES ? "AES" : "TDES", "bits",
                  k->form.key_len * 8, "kdf", kdfs[s->kdf], "from", s->name ? s->name : "command line", "kcv",
                  kcvs);
    if (kvn)
        json_object_set_new(o, "kvn", json_string(hex_text(BYTES_OF(&kvn, 1), version)));
    return o;
}

/* Text: a member a line, objects and lists indented below their name. */
static void print_value(const char *label, const json_t *v, int depth);

/* A member's name in words. */
static const char *label_text(const char *name, char out[LABEL_WIDTH])
{
    size_t n = 0;
    for (; name[n] && n + 1 < LABEL_WIDTH; n++)
        out[n] = name[n] == '_' ? ' ' : name[n];
    out[n] = 0;
    return out;
}

/* One member within a row. What needs no name stands bare, a plan's command on a line of its own. */
static void print_member(const char *name, const json_t *v)
{
    char shown[LABEL_WIDTH];
    size_t i;
    json_t *e;
    if (json_is_string(v) && strcmp(name, "apdu") == 0)
        printf("\n      > %s", json_string_value(v));
    else if (json_is_string(v) && (strcmp(name, "text") == 0 || strcmp(name, "aid") == 0))
        printf(" %s", json_string_value(v));
    else if (json_is_string(v))
        printf(" %s %s", label_text(name, shown), json_string_value(v));
    else if (json_is_integer(v))
        printf(" %s %" JSON_INTEGER_FORMAT, label_text(name, shown), json_integer_value(v));
    else if (json_is_true(v))
        printf(" (%s)", label_text(name, shown));
    else if (json_is_array(v))
        printf(" %s:", label_text(name, shown));
    json_array_foreach(v, i, e) printf(" %s", json_string_value(e));
}

/* One line for a row of a list. */
static void print_row(const json_t *row, int depth)
{
    const char *name;
    json_t *v;
    printf("%*s", depth * INDENT, "");
    if (json_is_string(row))
        printf("%s", json_string_value(row));
    json_object_foreach((json_t *)(uintptr_t)row, name, v) print_member(name, v);
    putchar('\n');
}

static void print_object(const json_t *o, int depth)
{
    const char *name;
    json_t *v;
    json_object_foreach((json_t *)(uintptr_t)o, name, v) print_value(name, v, depth);
}

static void print_value(const char *label, const json_t *v, int depth)
{
    char shown[LABEL_WIDTH];
    size_t i;
    json_t *row;
    if ((json_is_array(v) && json_array_size(v) == 0) || json_is_null(v))
        return;
    printf("%*s%-*s", depth * INDENT, "", LABEL_WIDTH - depth * INDENT, label_text(label, shown));
    if (json_is_string(v))
        printf("%s\n", json_string_value(v));
    else if (json_is_integer(v))
        printf("%" JSON_INTEGER_FORMAT "\n", json_integer_value(v));
    else if (json_is_boolean(v))
        puts(json_is_true(v) ? "yes" : "no");
    else
        putchar('\n');
    if (json_is_object(v))
        print_object(v, depth + 1);
    json_array_foreach(v, i, row) print_row(row, depth + 1);
}

static void print_doc(const struct card *c)
{
    if (!c->args->json) {
        print_object(c->doc, 0);
        return;
    }
    json_dumpf(c->doc, stdout, JSON_COMPACT);
    putchar('\n');
}

/* Whose fault and what next, for the errors that orders know, too. */
static json_t *failure_of(const struct card *c, enum tsm_err e)
{
    struct failure f;
    json_t *o;
    failure_of_error(&f, e, err_cause());
    o = json_pack("{ss so}", "code", err_name(e), "done", json_incref(c->done));
    json_object_set_new(o, "reason", /* whole: a status word stands at its end */
                        json_sprintf("%s%s%s", err_text(e), err_cause()[0] ? ": " : "", err_cause()));
    if (e == TSM_CRYPTOGRAM_WRONG || c->next[0])
        json_object_set_new(o, "next", json_string(c->next[0] ? c->next : f.next_action));
    if (c->unsure[0])
        json_object_set_new(o, "unsure", json_string(c->unsure));
    if (c->remark)
        json_object_set_new(o, "remark", json_string(c->remark));
    return o;
}

static void print_failure(const json_t *f)
{
    static const struct {
        const char *member, *words;
    } rows[] = {{"next", "next"}, {"unsure", "not known"}, {"remark", "note"}};
    const json_t *done = json_object_get(f, "done");
    size_t i;
    json_t *text;
    fprintf(stderr, "tsm: %s\n", json_string_value(json_object_get(f, "reason")));
    json_array_foreach(done, i, text) fprintf(stderr, "  done before: %s\n", json_string_value(text));
    for (i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        const char *v = json_string_value(json_object_get(f, rows[i].member));
        if (v)
            fprintf(stderr, "  %s: %s\n", rows[i].words, v);
    }
}

int card_report(struct card *c, enum tsm_err e)
{
    json_t *failure;
    if (c->args->dry_run)
        json_object_set(c->doc, "plan", c->plan);
    else if (json_array_size(c->done) && e == TSM_OK)
        json_object_set(c->doc, "done", c->done);
    if (e == TSM_OK) {
        print_doc(c);
        return TSM_EXIT_OK;
    }
    failure = failure_of(c, e);
    if (c->args->json) {
        json_object_set(c->doc, "failure", failure);
        print_doc(c);
    } else {
        print_failure(failure);
    }
    json_decref(failure);
    return TSM_EXIT_FAILED;
}
