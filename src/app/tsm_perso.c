/* SPDX-License-Identifier: Apache-2.0 */
/* `tsm perso check | try`: personalisation profiles and scripts judged and played dry, without server or
 * card. App. [docs/personalisation.md] */
#include <errno.h>
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "app/tsm.h"
#include "base/hex.h"
#include "base/json.h"
#include "emv/perso/profile.h"
#include "emv/script/script.h"

static const char usage[] =
    "usage: tsm perso check FILE [--block OCTETS] [--round-trip MS]     (a profile)\n"
    "       tsm perso try   FILE [--set NAME=HEX]... [ANSWER]...        (a script)\n"
    "check tells what is wrong, and the groupings, octets, commands and time of a card at most.\n"
    "try prints each command and takes the ANSWERs, data and status word in hex.\n";

enum { BLOCK_DEFAULT = 239, ROUND_TRIP_DEFAULT = 300, CIPHER_BLOCK = 16, ANSWER_MAX = 258 };

struct args {
    const char *file;
    long block, round_trip;
    char **answer;
    int answers;
    struct script_play play;
};

static const struct option rows[] = {
    {"block", required_argument, NULL, 'b'},
    {"round-trip", required_argument, NULL, 'r'},
    {"set", required_argument, NULL, 's'},
    {"help", no_argument, NULL, 'h'},
    {NULL, 0, NULL, 0},
};

static enum tsm_err set_value(struct script_play *p, const char *arg)
{
    const char *is = strchr(arg, '=');
    char name[TEMPLATE_NAME_MAX + 1];
    uint8_t value[SCRIPT_VALUE_MAX];
    size_t len;
    NEED(is && (size_t)(is - arg) < sizeof name, BAD_FORM);
    memcpy(name, arg, (size_t)(is - arg));
    name[is - arg] = 0;
    TRY(hex_read(is + 1, value, sizeof value, &len));
    return script_set(p, name, BYTES_OF(value, len));
}

/* -1 when all is well, else the exit status. */
static int read_args(int argc, char **argv, struct args *a)
{
    int id;
    optind = 1;
    while ((id = getopt_long(argc, argv, "", rows, NULL)) != -1) {
        if (id == 'h' || id == '?') {
            fputs(usage, id == 'h' ? stdout : stderr);
            return id == 'h' ? TSM_EXIT_OK : TSM_EXIT_USAGE;
        }
        if (id == 'b')
            a->block = strtol(optarg, NULL, 10);
        else if (id == 'r')
            a->round_trip = strtol(optarg, NULL, 10);
        else if (set_value(&a->play, optarg) != TSM_OK) {
            fputs("tsm: --set takes NAME=HEX\n", stderr);
            return TSM_EXIT_USAGE;
        }
    }
    if (optind == argc || a->block < 1 || a->block > CPS_BLOCK_MAX || a->round_trip < 0) {
        fputs(usage, stderr);
        return TSM_EXIT_USAGE;
    }
    a->file = argv[optind];
    a->answer = argv + optind + 1;
    a->answers = argc - optind - 1;
    return -1;
}

static enum tsm_err read_file(const char *path, struct writer *w)
{
    FILE *f = fopen(path, "rb");
    if (!f)
        return FAIL(IO, "%.200s: %s", path, strerror(errno));
    w->len = fread(w->at, 1, w->cap, f);
    fclose(f);
    return w->len < w->cap ? TSM_OK : FAIL(TOO_LONG, "%.200s is longer than %zu octets", path, w->cap);
}

static enum tsm_err tell(const struct args *a, const struct emv_profile *p, enum emv_target target,
                         const char *name)
{
    struct emv_estimate e;
    TRY(emv_profile_estimate(p, target, CIPHER_BLOCK, (size_t)a->block, &e));
    printf("%-12s %zu groupings, %zu octets, %zu commands, %.1f s\n", name, e.groupings, e.octets, e.commands,
           (double)e.commands * (double)a->round_trip / 1000.0);
    return TSM_OK;
}

static enum tsm_err check(struct args *a, struct bytes json)
{
    static struct emv_profile p;
    TRY(emv_profile_read(json, &p));
    printf("%-12s %s (%s)\n", "profile", p.name, p.scheme);
    TRY(tell(a, &p, PERSO_APPLICATION, "application"));
    return p.ppse.count ? tell(a, &p, PERSO_PPSE, "ppse") : TSM_OK;
}

static enum tsm_err take_answer(struct args *a, int i)
{
    uint8_t answer[ANSWER_MAX];
    size_t len;
    if (i >= a->answers)
        return script_answer(&a->play, BYTES_NONE, 0x9000);
    TRY(hex_read(a->answer[i], answer, sizeof answer, &len));
    NEED(len >= 2, SHORT_INPUT);
    return script_answer(&a->play, BYTES_OF(answer, len - 2),
                         (uint16_t)(answer[len - 2] << 8 | answer[len - 1]));
}

static enum tsm_err play(struct args *a, struct bytes json)
{
    static struct perso_script script;
    bool done = false;
    TRY(perso_script_read(json, &script));
    a->play.script = &script;
    for (int i = 0; !done; i++) {
        uint8_t room[SCRIPT_COMMAND_MAX];
        char text[2 * SCRIPT_COMMAND_MAX + 1];
        struct writer w = WRITER(room);
        TRY(script_command(&a->play, &w, &done));
        if (done)
            break;
        puts(hex_text(written(&w), text));
        TRY(take_answer(a, i));
    }
    return TSM_OK;
}

static int run(int argc, char **argv, enum tsm_err (*verb)(struct args *a, struct bytes json))
{
    static uint8_t room[JSON_BODY_MAX];
    struct args a = {.block = BLOCK_DEFAULT, .round_trip = ROUND_TRIP_DEFAULT};
    struct writer w = WRITER(room);
    int status = read_args(argc, argv, &a);
    enum tsm_err e;
    if (status >= 0)
        return status;
    e = read_file(a.file, &w);
    if (e == TSM_OK)
        e = verb(&a, written(&w));
    script_play_wipe(&a.play);
    return e == TSM_OK ? TSM_EXIT_OK : tsm_failed(e);
}

static int check_verb(int argc, char **argv)
{
    return run(argc, argv, check);
}

static int try_verb(int argc, char **argv)
{
    return run(argc, argv, play);
}

const struct tsm_command tsm_perso_commands[] = {
    {"perso", "check", check_verb, "judge a personalisation profile, estimate its size and time"},
    {"perso", "try", try_verb, "play a personalisation script without a card"},
    {NULL, NULL, NULL, NULL},
};
