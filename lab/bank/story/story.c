/* SPDX-License-Identifier: Apache-2.0 */
/* `tsm-lab story`: the story of the demo: two customers of one bank, from order to payment to removal, every
 * check recorded. Edge. */
#include "bank/story/story.h"

#include "bank/bank.h"

#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

/* Published EMV test card numbers, no real cards. */
#define PAN_A "5413330089010434"
#define PAN_B "5413330089020011"

enum option_id { ENV = 1, UICC, UICC_ICCID, ESE, ESE_ID, EVIDENCE, CALLBACKS, SERVICE };

struct options {
    const char *env, *uicc, *iccid, *ese, *ese_id, *evidence, *callbacks, *service;
};

static const struct option long_options[] = {
    {"env", required_argument, NULL, ENV},
    {"uicc", required_argument, NULL, UICC},
    {"uicc-iccid", required_argument, NULL, UICC_ICCID},
    {"ese", required_argument, NULL, ESE},
    {"ese-id", required_argument, NULL, ESE_ID},
    {"evidence", required_argument, NULL, EVIDENCE},
    {"callbacks", required_argument, NULL, CALLBACKS},
    {"service", required_argument, NULL, SERVICE},
    {0},
};

bool story_tells_pan(const char *text)
{
    return strstr(text, PAN_A) || strstr(text, PAN_B);
}

static bool read_options(int argc, char **argv, struct options *o)
{
    const char **into[] = {[ENV] = &o->env,
                           [UICC] = &o->uicc,
                           [UICC_ICCID] = &o->iccid,
                           [ESE] = &o->ese,
                           [ESE_ID] = &o->ese_id,
                           [EVIDENCE] = &o->evidence,
                           [CALLBACKS] = &o->callbacks,
                           [SERVICE] = &o->service};
    *o = (struct options){
        .env = "var/dev/env", .evidence = "var/demo/evidence.json", .service = "demo-payment"};
    optind = 0; /* other verbs of the same process may have read options before */
    for (int id; (id = getopt_long(argc, argv, "", long_options, NULL)) != -1;) {
        if (id < ENV || id > SERVICE)
            return false;
        *into[id] = optarg;
    }
    return optind == argc && (o->uicc || o->ese) && !o->uicc == !o->iccid && !o->ese == !o->ese_id &&
           strlen(o->evidence) < STORY_MAX_PATH;
}

static bool open_provider(const char *env, const char *token_name, const char *ca, struct bank_api *out)
{
    char url[API_MAX_URL], token[BANK_MAX_TOKEN];
    bool opened = bank_read_setting(env, "TSM_API", url, sizeof url) &&
                  bank_read_setting(env, token_name, token, sizeof token) &&
                  bank_api_open(out, url, ca, token);
    explicit_bzero(token, sizeof token);
    return opened;
}

static bool open_story(struct story *s, const struct options *o, char ca[STORY_MAX_PATH])
{
    *s = (struct story){.evidence = o->evidence, .callbacks = o->callbacks, .service = o->service};
    s->ca = bank_read_setting(o->env, "TSM_CA", ca, STORY_MAX_PATH) ? ca : NULL;
    snprintf(s->run, sizeof s->run, "story-%llx-%x", (unsigned long long)time(NULL), (unsigned)getpid());
    s->fancy = isatty(STDOUT_FILENO) && !getenv("NO_COLOR");
    s->checks = json_array();
    s->orders = json_array();
    s->payments = json_array();
    if (!story_make_folders(o->evidence)) {
        fprintf(stderr, "bank: cannot make the folder of %s\n", o->evidence);
        return false;
    }
    s->has_other = open_provider(o->env, "TSM_TOKEN_OTHER", s->ca, &s->other);
    if (open_provider(o->env, "TSM_TOKEN_BANK", s->ca, &s->bank))
        return true;
    fprintf(stderr, "bank: %s must say TSM_API and TSM_TOKEN_BANK\n", o->env);
    return false;
}

static void close_story(struct story *s)
{
    if (s->has_other)
        bank_api_close(&s->other);
    bank_api_close(&s->bank);
    json_decref(s->checks);
    json_decref(s->orders);
    json_decref(s->payments);
}

static void play(struct story *s, const struct options *o)
{
    struct customer sim = {.name = "SIM card",
                           .title = "The first customer has a SIM card, reached by SMS (SCP80)",
                           .se_kind = "iccid",
                           .se_id = o->iccid,
                           .element = o->uicc,
                           .pan = PAN_A,
                           .psn = "01",
                           .expiry = "3012"};
    struct customer phone = {.name = "Phone",
                             .title = "The second has a phone with its own element (SERAM, SCP03)",
                             .se_kind = "seid",
                             .se_id = o->ese_id,
                             .element = o->ese,
                             .pan = PAN_B,
                             .psn = "01",
                             .expiry = "3012"};
    if (o->uicc)
        story_customer(s, &sim);
    if (o->ese)
        story_customer(s, &phone);
}

int bank_story_main(int argc, char **argv)
{
    struct options o;
    struct story s;
    char ca[STORY_MAX_PATH];
    if (!read_options(argc, argv, &o)) {
        fprintf(stderr,
                "usage: tsm-lab story [--env FILE] [--uicc HOST:PORT --uicc-iccid DIGITS]\n"
                "  [--ese HOST:PORT --ese-id HEX] [--evidence FILE] [--callbacks FILE] [--service NAME]\n");
        return BANK_USAGE;
    }
    bool ready = open_story(&s, &o, ca);
    long long start = story_now_ms();
    if (ready) {
        play(&s, &o);
        json_t *callbacks = s.callbacks ? story_callbacks(&s) : NULL;
        double seconds = (double)(story_now_ms() - start) / 1000;
        ready = story_write_evidence(&s, callbacks, seconds);
        json_decref(callbacks);
        story_headline(&s, s.failed == 0 ? "Every check held." : "Not every check held.");
        story_line("%u checks held, %u did not, in %.1f s; evidence: %s", s.passed, s.failed, seconds,
                   s.evidence);
    }
    int status = ready && s.failed == 0 && s.passed > 0 ? BANK_RIGHT : BANK_WRONG;
    close_story(&s);
    return status;
}
