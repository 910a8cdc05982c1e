/* SPDX-License-Identifier: Apache-2.0 */
/* Offline scripts: the application that takes their frames one after the other and runs what they order
 * (stations 6, 7 and 10, the card's side); pure; GPCS Amendment I. */
#include "card/sems/sems.h"

#include "card/command/command.h"
#include "card/frozen/image.h"
#include "card/model/keys.h"
#include "card/model/registry.h"
#include "common/tlv.h"

#include <stdlib.h>
#include <string.h>

#define INS_PROCESS_SCRIPT 0xA0
#define P1_MORE            0x01
#define P1_LAST            0x80
#define TAG_FCI            0x6F
#define TAG_NAME           0x84
#define TAG_ROOT           0x65
#define TAG_ISSUER         0x42
#define TAG_ISSUER_KEY     0x45
#define TAG_DONE           0x46
#define TAG_LAST_SIGNATURE 0x47
#define TAG_CERTIFICATE    0x7F21
#define SCRIPT_DONE        0x00
#define SCRIPT_BROKEN      0x01
#define MIN_CAPDU          4
#define SW_LEN             2

static bool sems_create(struct app *a)
{
    a->native_data = calloc(1, sizeof(struct sems));
    return a->native_data != NULL;
}

static void sems_destroy(struct app *a)
{
    free(a->native_data);
    a->native_data = NULL;
}

/* Forgets the script that was running. */
static void stop(struct sems *s)
{
    s->state = SEMS_IDLE;
    s->frame_len = 0;
    lab_wipe(&s->key, sizeof s->key);
}

static uint16_t sems_select(struct app *a, struct job *j)
{
    size_t fci = out_open(j->reply, TAG_FCI), root;

    stop(a->native_data);
    out_tlv(j->reply, TAG_NAME, a->aid.value, a->aid.len);
    root = out_open(j->reply, TAG_ROOT);
    out_tlv(j->reply, TAG_ISSUER, sems_root_id, sizeof sems_root_id);
    out_tlv(j->reply, TAG_ISSUER_KEY, sems_root_key_id, sizeof sems_root_key_id);
    out_close(j->reply, root);
    out_close(j->reply, fci);
    return SW_OK;
}

/* A certificate may come in several commands; only the last one lacks P1_MORE. */
static uint16_t take_certificate(struct sems *s, const struct job *j)
{
    const struct capdu *cmd = &j->cmd;

    if (cmd->lc > sizeof s->frame - s->frame_len)
        return SW_WRONG_DATA;
    memcpy(s->frame + s->frame_len, cmd->data, cmd->lc);
    s->frame_len += cmd->lc;
    if (cmd->p1 == P1_MORE && !tlv_is_sequence(s->frame, s->frame_len))
        return SW_OK;
    if (!sems_take_certificate(s, j->card, s->frame, s->frame_len))
        return SW_SECURITY_NOT_SATISFIED;
    s->state = SEMS_CERTIFIED;
    s->frame_len = 0;
    return SW_OK;
}

static uint16_t take_authentication(struct sems *s, const struct capdu *cmd)
{
    if (!sems_take_authentication(s, cmd->data, cmd->lc))
        return SW_SECURITY_NOT_SATISFIED;
    s->state = SEMS_AUTHENTICATED;
    s->done = SCRIPT_BROKEN;
    return SW_OK;
}

/* Runs the C-APDU in the name of the domain that the certificate names; its answer is this command's answer.
 */
static uint16_t execute(struct sems *s, struct job *j, const uint8_t *capdu, size_t n)
{
    struct app *domain = registry_app(j->card, &s->domain);
    struct sd *owner = domain == NULL || domain->sd == NULL ? NULL : sd_key_owner(domain->sd);
    uint8_t kvn = owner == NULL ? 0 : sd_first_set(owner, SCP03);
    uint8_t *answer;
    uint16_t sw = SW_UNKNOWN;
    size_t len;

    kvn = owner != NULL && kvn == 0 ? sd_first_set(owner, SCP02) : kvn;
    if (kvn == 0)
        return SW_REFERENCE_NOT_FOUND;
    answer = malloc(CARD_MAX_RAPDU);
    if (answer == NULL)
        return SW_NO_MEMORY;
    len = card_remote(j->card, domain->sd, kvn, capdu, n, answer);
    if (len >= SW_LEN) {
        sw = (uint16_t)lab_number(answer + len - SW_LEN, SW_LEN);
        out_bytes(j->reply, answer, len - SW_LEN);
    }
    lab_wipe(answer, len);
    free(answer);
    return sw;
}

/* A command is only looked at when its digest is the one that was signed, directly or through those before
 * it. */
static uint16_t take_command(struct sems *s, struct job *j)
{
    uint8_t digest[SEMS_DIGEST_LEN];
    uint16_t sw;

    if (!lab_digest(sizeof digest, j->cmd.data, j->cmd.lc, digest) ||
        !lab_same(digest, s->expected, sizeof digest))
        return SW_SECURITY_NOT_SATISFIED;
    if (j->cmd.lc < SEMS_DIGEST_LEN + MIN_CAPDU)
        return SW_WRONG_DATA;
    memcpy(s->expected, j->cmd.data, sizeof s->expected);
    sw = execute(s, j, j->cmd.data + SEMS_DIGEST_LEN, j->cmd.lc - SEMS_DIGEST_LEN);
    if (!sw_is_error(sw) && j->cmd.p1 == P1_LAST) {
        s->done = SCRIPT_DONE;
        stop(s);
    }
    return sw;
}

static uint16_t process_script(struct sems *s, struct job *j)
{
    uint16_t sw;

    if (j->cmd.p2 != 0 || (j->cmd.p1 != 0 && j->cmd.p1 != P1_MORE && j->cmd.p1 != P1_LAST))
        return SW_WRONG_P1P2;
    if (j->cmd.lc == 0)
        return SW_WRONG_LENGTH;
    if (s->state == SEMS_IDLE)
        sw = take_certificate(s, j);
    else if (s->state == SEMS_CERTIFIED)
        sw = take_authentication(s, &j->cmd);
    else
        sw = take_command(s, j);
    if (sw_is_error(sw))
        stop(s); /* nothing of this script runs any more */
    return sw;
}

static uint16_t sems_process(struct app *a, struct job *j)
{
    struct sems *s = a->native_data;

    if (app_is_locked(a))
        return SW_CONDITIONS_NOT_SATISFIED;
    if (j->cmd.ins == INS_PROCESS_SCRIPT)
        return process_script(s, j);
    if (j->cmd.ins == INS_STORE_DATA)
        return SW_OK; /* the calling application's name: this service serves every one */
    if (j->cmd.ins != INS_GET_DATA)
        return SW_INS_NOT_SUPPORTED;
    if (j->cmd.p1 != 0 || (j->cmd.p2 != TAG_DONE && j->cmd.p2 != TAG_LAST_SIGNATURE))
        return SW_REFERENCE_NOT_FOUND;
    if (j->cmd.p2 == TAG_DONE)
        out_tlv(j->reply, TAG_DONE, &s->done, 1);
    else
        out_tlv(j->reply, TAG_LAST_SIGNATURE, s->last_signature, sizeof s->last_signature);
    return SW_OK;
}

/* Only what outlives a reset: the numbers of scripts and the last one's fate. */
static void sems_save(const struct app *a, struct out *o)
{
    const struct sems *s = a->native_data;

    image_diff(o, s, NULL, offsetof(struct sems, state));
}

static void sems_restore(struct app *a, struct thaw *t)
{
    image_apply(t, a->native_data, offsetof(struct sems, state));
}

const struct native_ops sems_ops = {
    .name = "sems",
    .create = sems_create,
    .destroy = sems_destroy,
    .select = sems_select,
    .process = sems_process,
    .save = sems_save,
    .restore = sems_restore,
};
