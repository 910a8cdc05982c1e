/* SPDX-License-Identifier: Apache-2.0 */
/* Status words and proofs of receipt become decisions with an owner and a next action. Station 11. Pure. [ISO
 * 7816-4 5.6, TS 102 225 5.2] */
#include "order/outcome.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/json.h"
#include "base/utf8.h"
#include "gp/apdu/apdu.h"
#include "ota/packet/packet.h"

void failure_set(struct failure *f, enum fault_owner owner, const char *next_action, const char *fmt, ...)
{
    va_list ap;
    f->owner = owner;
    va_start(ap, fmt);
    vsnprintf(f->reason, sizeof f->reason, fmt, ap);
    va_end(ap);
    snprintf(f->next_action, sizeof f->next_action, "%s", next_action);
    utf8_clean(f->reason);
    utf8_clean(f->next_action);
}

void failure_of_error(struct failure *f, enum tsm_err e, const char *cause)
{
    static const struct {
        enum tsm_err e;
        enum fault_owner owner;
        const char *next;
    } rows[] = {
        {TSM_CRYPTOGRAM_WRONG, OWNER_SEM,
         "compare key version, protocol and derivation of the inventory with the card; do not retry: cards "
         "count failures"},
        {TSM_MAC_WRONG, OWNER_DEVICE,
         "the answer was changed on its way or belongs to another session; order again, and look at the "
         "device"},
        {TSM_KEY_MISSING, OWNER_SEM, "import the key set of this secure element"},
        {TSM_COUNTER_DEAD, OWNER_SEM, "replace the key set: its counter is used up"},
        {TSM_NEEDS_BETTER_LINK, OWNER_SEM, "use a device agent or SCP81 for this secure element"},
        {TSM_KCV_WRONG, OWNER_SE, "read the key information of the domain and replace the key set"},
        {TSM_EXPIRED, OWNER_DEVICE, "order again when the secure element can be reached"},
        {TSM_NOT_ELIGIBLE, OWNER_SP,
         "add a flavor for this kind of secure element to the service, or choose another"},
        {TSM_NOT_ADMITTED, OWNER_SP,
         "mend the load file by the rule that the reason names and upload it again"},
        {TSM_BAD_VALUE, OWNER_SP, "correct the data that the reason names and order again"},
        {TSM_BAD_FORM, OWNER_SP, "correct the data that the reason names and order again"},
        {TSM_BAD_LENGTH, OWNER_SP, "correct the data that the reason names and order again"},
        {TSM_MISSING_FIELD, OWNER_SP, "correct the data that the reason names and order again"},
        {TSM_CONFLICT, OWNER_SP, "settle what the reason names and order again"},
    };
    const char *next = "see the log under the trace id";
    enum fault_owner owner = OWNER_SP;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
        if (rows[i].e == e) {
            owner = rows[i].owner;
            next = rows[i].next;
        }
    failure_set(f, owner, next, "%s%s%s", err_text(e), cause[0] ? ": " : "", cause);
}

void failure_of_own_work(struct failure *f)
{
    if (f->owner == OWNER_SP)
        f->owner = OWNER_SEM;
}

json_t *failure_json(const struct failure *f)
{
    return json_pack("{ss ss ss}", "owner", fault_owner_word(f->owner), "reason", f->reason, "next_action",
                     f->next_action);
}

char *failure_text(const struct failure *f)
{
    json_t *o = failure_json(f);
    char *text = o ? json_text(o) : NULL;
    json_decref(o);
    return text;
}

void failure_read(struct failure *f, const json_t *o)
{
    const char *owner = json_string_value(json_object_get(o, "owner")),
               *reason = json_string_value(json_object_get(o, "reason"));
    const char *next = json_string_value(json_object_get(o, "next_action"));
    failure_set(f, OWNER_HUB, next ? next : "ask the partner, naming the trace id", "%s",
                reason ? reason : "the partner gave no reason");
    for (int i = 0; owner && i < FAULT_OWNER_COUNT; i++)
        if (!strcmp(owner, fault_owner_word(i)))
            f->owner = (enum fault_owner)i;
}

#define CORRECT_THE_PROFILE "the card does not know this form of the command: correct the profile of its kind"
#define LOOK_AT_CERTIFICATE \
    "compare the certificates of the owner with the authorities and the allow list of the domain"

enum {
    SW_HOST_REFUSED = 0x6300, /* EXTERNAL AUTHENTICATE [GPCS E.5.2.5] */
    COMMAND_SHOWN = 140 /* characters of a command in words: the rest of FAILURE_TEXT_MAX is for its status */
};

static const struct {
    uint16_t sw;
    enum fault_owner owner;
    const char *next;
} sw_rows[] = {
    {SW_NO_SPACE, OWNER_SE, "NOT ENOUGH SPACE: free memory on the secure element or choose another one"},
    {SW_CONDITIONS, OWNER_SE,
     "compare the registry of the secure element with the inventory: the object may exist or be locked"},
    {SW_BAD_DATA, OWNER_SP,
     "check load file, parameters and personalisation data against what the secure element supports"},
    {SW_SECURITY, OWNER_SEM, "check the rights and keys of the security domain"},
    {SW_NOT_FOUND, OWNER_SEM, "compare the registry of the secure element with the inventory"},
    {SW_NO_APPLICATION, OWNER_SEM,
     "the security domain or application is not on the secure element: audit it"},
    {SW_HOST_REFUSED, OWNER_SEM,
     "compare key version, protocol and derivation of the inventory with the card; do not retry: cards count "
     "failures"},
    {SW_KEYS_BLOCKED, OWNER_SEM,
     "failed authentications have blocked this key set: use another one of the domain; do not retry"},
    {SW_MEMORY_FAILURE, OWNER_SE, "the secure element could not write its memory: audit it, then replace it"},
    {SW_NO_FUNCTION, OWNER_SE,
     "the secure element is locked or leaves this function out: audit it, or choose another one"},
    {SW_NO_CHANNEL, OWNER_DEVICE, "the device has closed the logical channel: order again"},
    {SW_WRONG_LENGTH, OWNER_SEM, CORRECT_THE_PROFILE},
    {SW_NO_SECURE_MESSAGING, OWNER_SEM, CORRECT_THE_PROFILE},
    {SW_NO_CHAINING, OWNER_SEM, CORRECT_THE_PROFILE},
    {SW_BAD_P1P2, OWNER_SEM, CORRECT_THE_PROFILE},
    {SW_LENGTH_NOT_OF_P1P2, OWNER_SEM, CORRECT_THE_PROFILE},
    {SW_NO_INSTRUCTION, OWNER_SEM, CORRECT_THE_PROFILE},
    {SW_NO_CLASS, OWNER_SEM, CORRECT_THE_PROFILE},
    {SW_CERTIFICATE_REFUSED, OWNER_SEM, LOOK_AT_CERTIFICATE},
    {SW_CERTIFICATE_NOT_LISTED, OWNER_SEM, LOOK_AT_CERTIFICATE},
    {SW_OLD_NO_ALGORITHM, OWNER_SEM,
     "compare key types and, of a delegated command, the token's key with what the card was given"},
    {SW_OLD_BAD_CHECK_VALUE, OWNER_SEM, "look at the rule of key check values in the profile of its kind"},
};

static bool goes_on(uint16_t sw)
{
    return sw == SW_OK || sw == SW_MORE_ENTRIES || sw >> 8 == 0x61 || sw >> 8 == 0x62;
}

enum outcome outcome_of_sw(const struct plan_step *step, uint16_t sw, const char *command, struct failure *f)
{
    const char *next = "look the status word up in the secure element's manual";
    enum fault_owner owner = OWNER_SE;
    if (goes_on(sw) || (step->also_fine && sw == step->also_fine))
        return OUTCOME_GO_ON;
    for (size_t i = 0; i < sizeof sw_rows / sizeof sw_rows[0]; i++)
        if (sw_rows[i].sw == sw) {
            owner = sw_rows[i].owner;
            next = sw_rows[i].next;
        }
    /* A long command is cut, so that the status word always stands. */
    failure_set(f, owner, next, "%s: %.*s%s was answered %04X (%s)", step->name, COMMAND_SHOWN, command,
                strlen(command) > COMMAND_SHOWN ? ".." : "", sw, sw_text(sw));
    return OUTCOME_FAIL;
}

enum por_meaning outcome_of_por(uint8_t status, bool secured, uint64_t counter, struct failure *f)
{
    static const struct {
        enum fault_owner owner;
        const char *next;
    } rows[] = {
        [POR_CHECKSUM_FAILED] =
            {OWNER_SEM, "the key set of the inventory is not the card's: compare key check values; no retry"},
        [POR_COUNTER_LOW] = {OWNER_SEM,
                             "the card has seen a higher counter: resynchronise the counter of this key set"},
        [POR_COUNTER_HIGH] = {OWNER_SEM, "the card counts strictly: use counter mode 10 in its profile"},
        [POR_COUNTER_BLOCKED] = {OWNER_SEM, "the key set is dead: use another one or replace the card"},
        [POR_CIPHERING_ERROR] = {OWNER_SEM, "the ciphering key of the inventory is not the card's; no retry"},
        [POR_SECURITY_ERROR] =
            {OWNER_SEM, "the card refuses the security of the packet: check SPI, KIc and KID in the profile"},
        [POR_NO_MEMORY] = {OWNER_SE,
                           "the packet is too long for the card: lower the segments in its profile"},
        [POR_TAR_UNKNOWN] = {OWNER_SEM,
                             "no application has this TAR: the inventory is wrong, audit the card"},
        [POR_SECURITY_TOO_LOW] = {OWNER_SEM, "raise the security level of the profile to the card's minimum"},
        [POR_BY_USSD] = {OWNER_OTA, "the card wants to answer by USSD, which is no bearer here"},
    };
    if (status == POR_OK)
        return POR_GO_ON;
    if (status == POR_MORE_TIME || status == POR_BY_SUBMIT)
        return POR_WAIT;
    bool known = status < sizeof rows / sizeof rows[0];
    failure_set(f, known ? rows[status].owner : OWNER_SE,
                known ? rows[status].next : "look the status up in the card's manual",
                "proof of receipt %02X (%s)%s for counter %llu", status, por_status_text(status),
                secured ? "" : ", not authenticated", (unsigned long long)counter);
    return POR_FAIL;
}
