/* SPDX-License-Identifier: Apache-2.0 */
/* `tsm perso check | try | estimate`: personalisation profiles and scripts judged, played dry and measured,
 * without a server. App. [docs/personalisation.md] */
#include "app/perso/perso.h"

#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "app/tsm.h"
#include "base/hex.h"
#include "base/json.h"
#include "ota/sms/segment.h"

static const char usage[] =
    "usage: tsm perso check    FILE [options]              judge a profile or script, and estimate it\n"
    "       tsm perso estimate FILE [options]              commands, octets, exchanges, time\n"
    "       tsm perso try      FILE [options] [ANSWER]...  play a script without a server\n"
    "  --block OCTETS      data of one command (231)     --round-trip MS   of an agent's exchange (300)\n"
    "  --bearer agent|sms  how the element is reached    --segments N      short messages of a packet (2)\n"
    "  --card FILE         a laboratory card's record    --set NAME=HEX    a variable, as if it was read\n"
    "  --input NAME=TEXT   of the order                  --parameter NAME=TEXT   of the flavor\n"
    "  --se HOST:PORT      ask this software element     --select AID      selected on it first\n"
    "  --json              for programs\n"
    "try prints each command; without --se it takes the ANSWERs, data and status word in hex, then 9000.\n";

enum { BLOCK_DEFAULT = 231, ROUND_TRIP_DEFAULT = 300, SEGMENTS_DEFAULT = 2 };

enum option_id {
    BLOCK = 1,
    ROUND_TRIP,
    BEARER,
    SEGMENTS,
    CARD,
    SET,
    INPUT,
    PARAMETER,
    SE,
    SELECT,
    JSON,
    HELP
};

static const struct option rows[] = {
    {"block", required_argument, NULL, BLOCK},
    {"round-trip", required_argument, NULL, ROUND_TRIP},
    {"bearer", required_argument, NULL, BEARER},
    {"segments", required_argument, NULL, SEGMENTS},
    {"card", required_argument, NULL, CARD},
    {"set", required_argument, NULL, SET},
    {"input", required_argument, NULL, INPUT},
    {"parameter", required_argument, NULL, PARAMETER},
    {"se", required_argument, NULL, SE},
    {"select", required_argument, NULL, SELECT},
    {"json", no_argument, NULL, JSON},
    {"help", no_argument, NULL, HELP},
    {NULL, 0, NULL, 0},
};

static bool name_of(const char *arg, char name[TEMPLATE_NAME_MAX + 1], const char **value)
{
    const char *is = strchr(arg, '=');
    if (!is || (size_t)(is - arg) > TEMPLATE_NAME_MAX)
        return false;
    memcpy(name, arg, (size_t)(is - arg));
    name[is - arg] = 0;
    *value = is + 1;
    return true;
}

static bool set_value(struct script_play *p, const char *arg)
{
    char name[TEMPLATE_NAME_MAX + 1];
    const char *text;
    uint8_t value[SCRIPT_VALUE_MAX];
    size_t len;
    return name_of(arg, name, &text) && hex_read(text, value, sizeof value, &len) == TSM_OK &&
           script_set(p, name, BYTES_OF(value, len)) == TSM_OK;
}

static bool set_text(json_t **map, const char *arg)
{
    char name[TEMPLATE_NAME_MAX + 1];
    const char *text;
    if (!name_of(arg, name, &text))
        return false;
    *map = *map ? *map : json_object();
    return json_object_set_new(*map, name, json_string(text)) == 0;
}

static bool number(const char *text, long low, long high, long *out)
{
    char *end;
    *out = strtol(text, &end, 10);
    return *text && !*end && *out >= low && *out <= high;
}

static bool take_option(int id, struct perso_args *a)
{
    switch (id) {
    case BLOCK:
        return number(optarg, 1, CPS_BLOCK_MAX, &a->block);
    case ROUND_TRIP:
        return number(optarg, 0, 600000, &a->round_trip);
    case SEGMENTS:
        return number(optarg, 1, SMS_SEGMENTS_MAX, &a->segments);
    case BEARER:
        a->bearer = strcmp(optarg, "sms") ? BY_AGENT : BY_MESSAGES;
        return !strcmp(optarg, "sms") || !strcmp(optarg, "agent");
    case SET:
        return set_value(&a->play, optarg);
    case INPUT:
        return set_text(&a->inputs, optarg);
    case PARAMETER:
        return set_text(&a->parameters, optarg);
    case SELECT:
        return hex_read(optarg, a->select, sizeof a->select, &a->select_len) == TSM_OK && a->select_len;
    case CARD:
        a->card = optarg;
        return true;
    case SE:
        a->se = optarg;
        return true;
    case JSON:
        return a->json = true;
    default:
        return false;
    }
}

/* -1 when all is well, else the exit status. */
static int read_args(int argc, char **argv, struct perso_args *a)
{
    optind = 1;
    for (int id; (id = getopt_long(argc, argv, "", rows, NULL)) != -1;) {
        if (id == HELP) {
            fputs(usage, stdout);
            return TSM_EXIT_OK;
        }
        if (!take_option(id, a)) {
            fputs(usage, stderr);
            return TSM_EXIT_USAGE;
        }
    }
    if (optind == argc) {
        fputs(usage, stderr);
        return TSM_EXIT_USAGE;
    }
    a->file = argv[optind];
    a->answer = argv + optind + 1;
    a->answers = argc - optind - 1;
    return -1;
}

static int run(int argc, char **argv, enum tsm_err (*verb)(struct perso_args *a, struct bytes json))
{
    static uint8_t room[JSON_BODY_MAX];
    static struct perso_args a;
    struct writer w = WRITER(room);
    int status;
    enum tsm_err e;
    a = (struct perso_args){
        .block = BLOCK_DEFAULT, .round_trip = ROUND_TRIP_DEFAULT, .segments = SEGMENTS_DEFAULT};
    status = read_args(argc, argv, &a);
    if (status >= 0)
        return status;
    e = perso_read_file(a.file, &w);
    if (e == TSM_OK)
        e = verb(&a, written(&w));
    json_decref(a.inputs);
    json_decref(a.parameters);
    script_play_wipe(&a.play);
    return e == TSM_OK ? TSM_EXIT_OK : tsm_failed(e);
}

static int check_verb(int argc, char **argv)
{
    return run(argc, argv, perso_check);
}

static int estimate_verb(int argc, char **argv)
{
    return run(argc, argv, perso_estimate);
}

static int try_verb(int argc, char **argv)
{
    return run(argc, argv, perso_try);
}

const struct tsm_command tsm_perso_commands[] = {
    {"perso", "check", check_verb, "judge a personalisation profile or script"},
    {"perso", "estimate", estimate_verb, "what a profile or script sends: octets, commands, time"},
    {"perso", "try", try_verb, "play a personalisation script without a server"},
    {NULL, NULL, NULL, NULL},
};
