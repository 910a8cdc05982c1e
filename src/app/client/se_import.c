/* SPDX-License-Identifier: Apache-2.0 */
/*
 * `tsm se import`: sends an inventory file in parts that end with a line, so that it may have any length;
 * what the parts need of the whole (the heading of CSV, the file key of NDJSON) goes before each. Importing
 * is idempotent, so a file may be sent again after a failure. Station 1, seen from outside. Edge.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "app/client/client.h"
#include "app/client/verbs.h"
#include "base/csv/csv.h"

enum {
    PART_MAX = 4 << 20,   /* octets of one request */
    WHOLE_MAX = 64 << 20, /* of a JSON list, which cannot be cut at lines */
    LINE_ROOM = 8192,
    FIELD_ROOM = 2048,
    REFUSED_KEPT = 1000, /* shown at most */
};

enum form { FORM_NDJSON, FORM_CSV, FORM_JSON, FORMS };
static const struct {
    const char *word, *suffix, *type;
} forms[FORMS] = {
    [FORM_NDJSON] = {"ndjson", ".ndjson", "application/x-ndjson"},
    [FORM_CSV] = {"csv", ".csv", "text/csv"},
    [FORM_JSON] = {"json", ".json", "application/json"},
};

/* A file on its way. Everything may hold keys and is wiped at the end. */
struct sending {
    struct client *c;
    enum form form;
    FILE *from;
    int64_t number, first;                           /* of the line in hand; of the first line of the part */
    size_t head_len, head_lines, heading_len, lines; /* lines: in the part, without its head */
    int key_column;                                  /* of CSV */
    char separator;
    int64_t added, changed, unchanged, n_refused;
    json_t *refused;
    struct writer part; /* over `room` */
    char line[LINE_ROOM], buffer[BUFSIZ];
    uint8_t room[PART_MAX];
};

/* The line that was read last, without its end. */
static struct bytes line_in_hand(const struct sending *s)
{
    return csv_without_mark(BYTES_OF((const uint8_t *)s->line, strcspn(s->line, "\r\n")));
}

/* The server counts the lines of the part, its head included. */
static void take_answer(struct sending *s, json_t *answer)
{
    json_t *row;
    size_t i;
    s->added += client_number(answer, "added");
    s->changed += client_number(answer, "changed");
    s->unchanged += client_number(answer, "unchanged");
    s->n_refused += client_number(answer, "refused_count");
    json_array_foreach(json_object_get(answer, "refused"), i, row)
    {
        int64_t number = s->first + client_number(row, "line") - 1 - (int64_t)s->head_lines;
        json_object_set_new(row, "line", json_integer(number));
        if (json_array_size(s->refused) < REFUSED_KEPT)
            json_array_append(s->refused, row);
    }
}

static enum client_exit send_part(struct sending *s)
{
    struct client_request r = {.method = "POST",
                               .path = "/api/v1/secure-elements",
                               .content_type = forms[s->form].type,
                               .body = written(&s->part)};
    json_t *answer = NULL;
    enum client_exit status = CLIENT_FINE;
    if (s->lines)
        status = client_ask(s->c, &r, &answer);
    if (answer)
        take_answer(s, answer);
    json_decref(answer);
    write_forget(&s->part, s->head_len);
    s->lines = 0;
    return status;
}

/* Which field of CSV lines is the file key: the place of its name in the heading, -1 where it has none. */
static int key_column(struct bytes heading, char separator)
{
    struct csv_line l = CSV_LINE(heading, separator);
    char field[FIELD_ROOM];
    for (int i = 0; csv_field(&l, field, sizeof field) == TSM_OK; i++)
        if (!strcasecmp(field, "file_key"))
            return i;
    return -1;
}

/* A line that has the file key goes before each part, as the heading does. */
static bool has_file_key(const struct sending *s)
{
    struct csv_line l = CSV_LINE(line_in_hand(s), s->separator);
    char field[FIELD_ROOM] = "";
    for (int i = 0; i <= s->key_column && csv_field(&l, field, sizeof field) == TSM_OK; i++)
        if (i == s->key_column)
            return field[0] != 0;
    return false;
}

static bool is_head(const struct sending *s)
{
    if (s->form == FORM_CSV)
        return s->heading_len == 0 || has_file_key(s);
    return strstr(s->line, "\"file_key\"") != NULL;
}

/* The heading of CSV stays in front of whatever file key comes. */
static void take_heading(struct sending *s)
{
    if (s->form != FORM_CSV || s->heading_len)
        return;
    s->heading_len = strlen(s->line);
    s->separator = csv_separator(line_in_hand(s));
    s->key_column = key_column(line_in_hand(s), s->separator);
}

/* The line goes before this part and all that follow, in place of the file key before. */
static enum client_exit take_head(struct sending *s)
{
    enum client_exit status = send_part(s);
    write_forget(&s->part, s->heading_len);
    s->head_lines = s->heading_len ? 2 : 1;
    take_heading(s);
    if (status == CLIENT_FINE && write_span(&s->part, bytes_of_text(s->line)) != TSM_OK)
        status = CLIENT_FAILED;
    s->head_len = s->part.len;
    return status;
}

static enum client_exit take_line(struct sending *s)
{
    struct bytes line = bytes_of_text(s->line);
    enum client_exit status = CLIENT_FINE;
    s->number++;
    if (line.len == 0 || (s->line[line.len - 1] != '\n' && !feof(s->from)))
        return client_trouble(s->c, FAIL(BAD_FORM, "line %lld is longer than %d octets or holds a NUL",
                                         (long long)s->number, LINE_ROOM - 2));
    if (is_head(s))
        return s->line[strspn(s->line, "\r\n")] ? take_head(s) : CLIENT_FINE;
    if (s->part.len + line.len > s->part.cap)
        status = send_part(s);
    if (s->lines++ == 0)
        s->first = s->number;
    if (status == CLIENT_FINE && write_span(&s->part, line) != TSM_OK)
        status = CLIENT_FAILED;
    return status;
}

static enum client_exit send_lines(struct sending *s)
{
    enum client_exit status = CLIENT_FINE;
    while (status == CLIENT_FINE && fgets(s->line, sizeof s->line, s->from))
        status = take_line(s);
    return status == CLIENT_FINE ? send_part(s) : status;
}

/* A JSON list goes as one. */
static enum client_exit send_whole(struct sending *s)
{
    uint8_t *room = malloc(WHOLE_MAX + 1);
    enum client_exit status;
    if (!room)
        return client_trouble(s->c, FAIL(NO_MEMORY, "no memory for an import"));
    s->first = 1;
    s->lines = 1;
    s->part = (struct writer){room, fread(room, 1, WHOLE_MAX + 1, s->from), WHOLE_MAX + 1};
    if (s->part.len > WHOLE_MAX)
        status =
            client_trouble(s->c, FAIL(TOO_LONG,
                                      "a JSON list has at most %d octets; one object a line (NDJSON) may "
                                      "have any length",
                                      WHOLE_MAX));
    else
        status = send_part(s);
    explicit_bzero(room, WHOLE_MAX + 1);
    free(room);
    s->part = WRITER(s->room);
    return status;
}

static bool form_of(const struct client_args *a, enum form *out)
{
    const char *dot = strrchr(a->operand, '.');
    for (int f = 0; f < FORMS; f++)
        if (a->format ? !strcmp(a->format, forms[f].word) : dot && !strcmp(dot, forms[f].suffix)) {
            *out = (enum form)f;
            return true;
        }
    fprintf(stderr, "tsm: the form of the file: --format csv, ndjson or json\n");
    return false;
}

static enum client_exit tell(const struct sending *s)
{
    json_t *row;
    size_t i;
    if (s->c->args.json) {
        json_t *all = json_pack("{sI sI sI sI sO}", "added", (json_int_t)s->added, "changed",
                                (json_int_t)s->changed, "unchanged", (json_int_t)s->unchanged,
                                "refused_count", (json_int_t)s->n_refused, "refused", s->refused);
        client_print_json(all);
        json_decref(all);
    } else {
        json_array_foreach(s->refused, i, row)
            printf("line %lld: %s%s%s\n", (long long)client_number(row, "line"), client_text(row, "field"),
                   *client_text(row, "field") ? ": " : "", client_text(row, "reason"));
        printf("%lld added, %lld changed, %lld unchanged, %lld refused\n", (long long)s->added,
               (long long)s->changed, (long long)s->unchanged, (long long)s->n_refused);
    }
    return s->n_refused ? CLIENT_FAILED : CLIENT_FINE;
}

static enum client_exit import_from(struct sending *s)
{
    enum client_exit status;
    setvbuf(s->from, s->buffer, _IOFBF, sizeof s->buffer);
    s->part = WRITER(s->room);
    s->refused = json_array();
    status = s->form == FORM_JSON ? send_whole(s) : send_lines(s);
    if (status == CLIENT_FINE && ferror(s->from))
        status = client_trouble(s->c, FAIL(IO, "%.200s: %s", s->c->args.operand, strerror(errno)));
    if (status == CLIENT_FINE)
        status = tell(s);
    json_decref(s->refused);
    return status;
}

static enum client_exit import(struct client *c)
{
    struct sending *s;
    enum form form;
    enum client_exit status;
    FILE *from;
    if (!form_of(&c->args, &form))
        return CLIENT_USAGE;
    from = strcmp(c->args.operand, "-") == 0 ? stdin : fopen(c->args.operand, "rb");
    if (!from)
        return client_trouble(c, FAIL(IO, "%.200s: %s", c->args.operand, strerror(errno)));
    s = calloc(1, sizeof *s);
    if (!s) {
        fclose(from);
        return client_trouble(c, FAIL(NO_MEMORY, "no memory for an import"));
    }
    s->c = c;
    s->form = form;
    s->from = from;
    status = import_from(s);
    fclose(from);
    explicit_bzero(s, sizeof *s);
    free(s);
    return status;
}

static const struct client_verb import_verb = {
    "se import FILE|- [--format csv|ndjson|json]",
    "takes secure elements and their issuer keys into the owner's inventory; exit 1 when a line was refused",
    "TSM_TOKEN_OPERATOR",
    OPTION_FORMAT,
    true,
    import};

int client_se_import(int argc, char **argv)
{
    return client_main(&import_verb, argc, argv);
}
