/* SPDX-License-Identifier: Apache-2.0 */
/* The command line of the handset with the TSM-API. Edge (values may be files). */
#include "handset/app/words.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/bytes.h"

enum { MAX_NUMBER = 1000000, MAX_FILE = 128 * 1024, BASE_10 = 10, BASE_16 = 16 };

/* Where a word goes. */
enum goes {
    TO_TEXT, /* const char * of struct words */
    TO_NUMBER,
    TO_FLAG,
    TO_SE,
    TO_SE_TEXT, /* const char * of the element named last */
    TO_CARD,    /* its configuration */
    TO_COMMAND,
    TO_SUSPENDED,
};

struct option_row {
    const char *name;
    enum goes goes;
    size_t at;
    int number; /* kind of a command; letter of a card's option */
};

#define IN_WORDS(m) offsetof(struct words, m)
#define IN_SE(m)    offsetof(struct se_words, m)
#define IN_CARD(m)  offsetof(struct se_words, card.m)

static const struct option_row rows[] = {
    {"--tsm-api", TO_TEXT, IN_WORDS(url), 0},
    {"--token-file", TO_TEXT, IN_WORDS(token_file), 0},
    {"--get-token", TO_TEXT, IN_WORDS(get_token), 0},
    {"--ca", TO_TEXT, IN_WORDS(ca), 0},
    {"--caller-id", TO_TEXT, IN_WORDS(caller_id), 0},
    {"--journal", TO_TEXT, IN_WORDS(journal), 0},
    {"--retry-s", TO_NUMBER, IN_WORDS(retry_s), 0},
    {"--kill-at", TO_NUMBER, IN_WORDS(kill_at), 0},
    {"--cancel-at", TO_NUMBER, IN_WORDS(cancel_at), 0},
    {"--json", TO_FLAG, IN_WORDS(json), 0},
    {"-v", TO_FLAG, IN_WORDS(verbose), 0},
    {"--refuse-start", TO_FLAG, IN_WORDS(refuse_start), 0},
    {"--unsound", TO_FLAG, IN_WORDS(unsound), 0},
    {"--finalize", TO_FLAG, IN_WORDS(finalize), 0},
    {"--se", TO_SE, 0, 0},
    {"--reader", TO_CARD, 0, 'R'},
    {"--state", TO_SE_TEXT, IN_SE(state), 0},
    {"--iccid", TO_SE_TEXT, IN_SE(iccid), 0},
    {"--scp", TO_SE_TEXT, IN_CARD(scp), 0},
    {"--with", TO_SE_TEXT, IN_CARD(with), 0},
    {"--quirk", TO_SE_TEXT, IN_CARD(quirk), 0},
    {"--fault", TO_SE_TEXT, IN_CARD(fault), 0},
    {"--key", TO_CARD, 0, 'k'},
    {"--kvn", TO_CARD, 0, 'n'},
    {"--seid", TO_CARD, 0, 'i'},
    {"--memory", TO_CARD, 0, 'm'},
    {"--install", TO_COMMAND, 0, TSM_API_INSTALL},
    {"--personalize", TO_COMMAND, 0, TSM_API_PERSONALIZE},
    {"--activate", TO_COMMAND, 0, TSM_API_ACTIVATE},
    {"--suspended", TO_SUSPENDED, 0, 0},
};

static const struct option_row *row_of(const char *word)
{
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
        if (strcmp(rows[i].name, word) == 0)
            return &rows[i];
    return NULL;
}

bool words_ask_for_app(int argc, char **argv)
{
    for (int i = 1; i < argc; i++)
        if (strcmp(argv[i], "--tsm-api") == 0)
            return true;
    return false;
}

static bool number(const char *text, int base, unsigned long max, unsigned long *out)
{
    char *end;
    *out = strtoul(text, &end, base);
    return *text >= '0' && *end == '\0' && *out <= max;
}

/* A key should not stay in the process list. */
static const char *take_card(struct se_words *se, int what, char *value)
{
    unsigned long n = 0;
    bool fine = false;
    switch (what) {
    case 'R':
        fine = snprintf(se->reader, sizeof se->reader, "%s", value) < (int)sizeof se->reader;
        break;
    case 'k':
        fine = lab_hex_read(value, se->card.key, sizeof se->card.key, &se->card.key_len);
        memset(value, 'x', strlen(value));
        break;
    case 'n':
        fine = number(value, BASE_16, UINT8_MAX, &n);
        se->card.kvn = (uint8_t)n;
        break;
    case 'm':
        fine = number(value, BASE_10, UINT32_MAX, &n);
        se->card.memory = (uint32_t)n;
        break;
    default:
        fine = lab_hex_read(value, se->card.seid, sizeof se->card.seid, &se->card.seid_len);
    }
    return fine ? NULL : "is not understood";
}

static const char *add_se(struct words *w, const char *address)
{
    if (w->n_se == WORDS_MAX_SE)
        return "is one element too many";
    struct se_words *se = &w->se[w->n_se++];
    se->address = address;
    snprintf(se->reader, sizeof se->reader, "eSE%zu", w->n_se);
    return NULL;
}

static char *own(struct words *w, char *text)
{
    if (!text || w->n_owned == WORDS_MAX_OWNED) {
        free(text);
        return NULL;
    }
    w->owned[w->n_owned++] = text;
    return text;
}

/* "@FILE": the value is in a file, whose final line end does not count. */
static char *from_file(const char *path)
{
    FILE *f = fopen(path, "r");
    char *text = f ? calloc(1, MAX_FILE + 1) : NULL;
    size_t n = text ? fread(text, 1, MAX_FILE, f) : 0;
    while (n > 0 && text[n - 1] == '\n')
        text[--n] = '\0';
    if (f)
        fclose(f);
    return text;
}

static const char *add_pair(struct words *w, const char *word)
{
    size_t c = w->n_commands - 1;
    struct tsm_api_map *map = &w->commands[c].data;
    const char *equals = strchr(word, '=');
    if (map->n == TSM_API_MAX_PAIRS)
        return "is one pair too many";
    const char *key = own(w, strndup(word, (size_t)(equals - word)));
    const char *value = equals[1] == '@' ? own(w, from_file(equals + 2)) : equals + 1;
    if (!key || !value)
        return "cannot be read";
    w->pairs[c][map->n++] = (struct tsm_api_pair){key, value};
    map->at = w->pairs[c];
    return NULL;
}

/* The words behind --install or --personalize that are key=value belong to it. */
static const char *add_command(struct words *w, int kind, char ***next)
{
    const char *why = NULL;
    if (w->n_commands > TSM_API_MAX_COMMANDS)
        return "is one command too many";
    w->commands[w->n_commands++].kind = (enum tsm_api_command_kind)kind;
    while (!why && **next && (**next)[0] != '-' && strchr(**next, '='))
        why = add_pair(w, *(*next)++);
    return why;
}

static const char *take_value(struct words *w, const struct option_row *row, char *value)
{
    struct se_words *se = w->n_se ? &w->se[w->n_se - 1] : NULL;
    unsigned long n = 0;
    if (!value)
        return "needs a value";
    if (row->goes == TO_TEXT) {
        *(const char **)(void *)((char *)w + row->at) = value;
        return NULL;
    }
    if (row->goes == TO_NUMBER) {
        bool fine = number(value, BASE_10, MAX_NUMBER, &n);
        *(unsigned *)(void *)((char *)w + row->at) = (unsigned)n;
        return fine ? NULL : "is no number";
    }
    if (row->goes == TO_SE)
        return add_se(w, value);
    if (!se)
        return "belongs behind --se";
    if (row->goes == TO_CARD)
        return take_card(se, row->number, value);
    *(const char **)(void *)((char *)se + row->at) = value;
    return NULL;
}

static const char *take_option(struct words *w, const struct option_row *row, char ***next)
{
    switch (row->goes) {
    case TO_FLAG:
        *(bool *)(void *)((char *)w + row->at) = true;
        return NULL;
    case TO_COMMAND:
        return add_command(w, row->number, next);
    case TO_SUSPENDED:
        if (w->n_commands == 0 || w->commands[w->n_commands - 1].kind != TSM_API_ACTIVATE)
            return "belongs behind --activate";
        w->commands[w->n_commands - 1].suspension_control = true;
        return NULL;
    default:
        return take_value(w, row, **next ? *(*next)++ : NULL);
    }
}

const char *words_read(struct words *w, int argc, char **argv, const char **at)
{
    const char *why = NULL;
    char **next = argv + 1;
    for (int i = 1; i < argc; i++) /* also where a value is missing */
        w->help = w->help || strcmp(argv[i], "--help") == 0;
    if (w->help)
        return NULL;
    while (*next && !why) {
        const struct option_row *row = row_of(*next);
        *at = *next++;
        if (row)
            why = take_option(w, row, &next);
        else if (**at == '-')
            why = "is no option";
        else if (!w->method)
            w->method = *at;
        else if (w->n_arguments < WORDS_MAX_ARGUMENTS)
            w->arguments[w->n_arguments++] = *at;
        else
            why = "is one argument too many";
    }
    return why;
}

void words_clear(struct words *w)
{
    for (size_t i = 0; i < w->n_owned; i++) {
        explicit_bzero(w->owned[i], strlen(w->owned[i]));
        free(w->owned[i]);
    }
    lab_wipe(w, sizeof *w);
}
