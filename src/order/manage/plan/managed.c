/* SPDX-License-Identifier: Apache-2.0 */
/* The provider's plans where it manages its domain's content itself: with the owner's tokens (delegated) or
 * on its own authority (authorized); and the owner's, to delete the empty domain. Station 5. Pure.
 * [GPCS 9.1.3, 9.3, 9.5, C.4] */
#include "order/manage/applications.h"
#include "order/manage/content.h"
#include "order/manage/move.h"

/* Without its token a card refuses the command, so it is not even built. */
static enum tsm_err token_at(const struct plan_facts *f, int place, struct bytes *out)
{
    if (f->token[place].len == 0)
        return FAIL(MISSING_FIELD, "the owner has given no token for this command");
    *out = f->token[place];
    return TSM_OK;
}

static enum tsm_err load_with_token(const struct plan_facts *f, int arg, struct script *out)
{
    struct bytes token;
    (void)arg;
    TRY(token_at(f, TOKEN_FOR_FILE, &token));
    return content_load(f, token, out);
}

static enum tsm_err install_with_token(const struct plan_facts *f, int arg, struct script *out)
{
    struct bytes token;
    TRY(token_at(f, TOKEN_FOR_APPLICATION + arg, &token));
    return content_install(f, arg, token, out);
}

static enum tsm_err delete_with_token(const struct plan_facts *f, int arg, struct script *out)
{
    struct bytes token;
    TRY(token_at(f, TOKEN_FOR_APPLICATION + arg, &token));
    return content_delete_application(f, arg, token, out);
}

static enum tsm_err delete_file_with_token(const struct plan_facts *f, int arg, struct script *out)
{
    struct bytes token;
    (void)arg;
    TRY(token_at(f, TOKEN_FOR_FILE, &token));
    return content_delete_load_file(f, token, out);
}

/* The same commands without token: what the owner signs, and what an authorized domain takes. */
static enum tsm_err load_request(const struct plan_facts *f, int arg, struct script *out)
{
    (void)arg;
    return content_load_request(f, BYTES_NONE, out);
}
static enum tsm_err load_plain(const struct plan_facts *f, int arg, struct script *out)
{
    (void)arg;
    return content_load(f, BYTES_NONE, out);
}
static enum tsm_err install_plain(const struct plan_facts *f, int arg, struct script *out)
{
    return content_install(f, arg, BYTES_NONE, out);
}
static enum tsm_err delete_file_plain(const struct plan_facts *f, int arg, struct script *out)
{
    (void)arg;
    return content_delete_load_file(f, BYTES_NONE, out);
}

/* What the receipt of each is about [GPCS C.5]. */
static void loaded(const struct plan_facts *f, int arg, struct receipt_event *out)
{
    (void)arg;
    *out = (struct receipt_event){
        .kind = RECEIPT_FOR_LOAD, .load_file = f->package_aid, .domain = f->domain_aid};
}
static void installed(const struct plan_facts *f, int arg, struct receipt_event *out)
{
    *out = (struct receipt_event){
        .kind = RECEIPT_FOR_INSTALL, .load_file = f->package_aid, .application = application_aid(f, arg)};
}
static void deleted(const struct plan_facts *f, int arg, struct receipt_event *out)
{
    *out = (struct receipt_event){.kind = RECEIPT_FOR_DELETE, .application = application_aid(f, arg)};
}
static void file_deleted(const struct plan_facts *f, int arg, struct receipt_event *out)
{
    (void)arg;
    *out = (struct receipt_event){.kind = RECEIPT_FOR_DELETE, .application = f->package_aid};
}

/* The provider's step in its own domain. */
#define OWN(n, t, a, b, p, j)                                                                            \
    .name = n, .text = t, .domain = IN_PROVIDER, .arg = a, .build = b, .changes_card = true, .probe = p, \
    .judge = j
/* The plain command that a token is asked for, where the token goes, what the receipt is about. */
#define DELEGATED(command, place, about) .request = command, .token = place, .event = about
#define REMOVAL(skip)                    .also_fine = SW_NOT_FOUND, .needless = skip

#define DELEGATED_INSTALL(i, n)                                                                            \
    {OWN("DELEGATED_INSTALL_APPLICATION" n, "the provider installs an application with the owner's token", \
         i, install_with_token, probe_application, judge_installed),                                       \
     DELEGATED(install_plain, TOKEN_FOR_APPLICATION + (i), installed), .needless = no_such_application},
#define DELEGATED_DELETE(i, n)                                                                              \
    {OWN("DELEGATED_DELETE_APPLICATION" n, "the provider deletes an application with the owner's token", i, \
         delete_with_token, probe_application, judge_gone),                                                 \
     DELEGATED(content_delete_plain, TOKEN_FOR_APPLICATION + (i), deleted), REMOVAL(application_not_ours)},
#define AUTHORIZED_INSTALL(i, n)                                                                       \
    {OWN("AUTHORIZED_INSTALL_APPLICATION" n, "the provider installs an application", i, install_plain, \
         probe_application, judge_installed),                                                          \
     .needless = no_such_application},
#define AUTHORIZED_DELETE(i, n)                                                                             \
    {OWN("AUTHORIZED_DELETE_APPLICATION" n, "the provider deletes an application", i, content_delete_plain, \
         probe_application, judge_gone),                                                                    \
     REMOVAL(application_not_ours)},

static const struct plan_step load_delegated[] = {
    {OWN("DELEGATED_LOAD", "the provider loads the load file with the owner's token", 0, load_with_token,
         probe_load, judge_load),
     DELEGATED(load_request, TOKEN_FOR_FILE, loaded), .needless = load_file_there},
    EACH_APPLICATION(DELEGATED_INSTALL)};
static const struct plan_step remove_delegated[] = {
    EACH_APPLICATION(DELEGATED_DELETE){
        OWN("DELEGATED_DELETE_LOAD_FILE", "the provider deletes the load file with the owner's token", 0,
            delete_file_with_token, probe_load, judge_load_file_gone),
        DELEGATED(delete_file_plain, TOKEN_FOR_FILE, file_deleted), REMOVAL(package_not_ours)},
};
static const struct plan_step load_authorized[] = {
    {OWN("AUTHORIZED_LOAD", "the provider loads the load file into its domain", 0, load_plain, probe_load,
         judge_load),
     .needless = load_file_there},
    EACH_APPLICATION(AUTHORIZED_INSTALL)};
static const struct plan_step remove_authorized[] = {
    EACH_APPLICATION(AUTHORIZED_DELETE){OWN("AUTHORIZED_DELETE_LOAD_FILE",
                                            "the provider deletes the load file", 0, delete_file_plain,
                                            probe_load, judge_load_file_gone),
                                        REMOVAL(package_not_ours)},
};
static const struct plan_step remove_domain[] = {
    {.name = "PASS_USED_LOAD_FILE",
     .text = "the load file that others use goes to the issuer's domain",
     .domain = IN_ISSUER,
     .build = build_pass_load_file,
     .changes_card = true,
     .probe = probe_load,
     .judge = judge_load_file_passed,
     .needless = passes_no_load_file},
    DELETE_STEP("DELETE_EMPTY_DOMAIN", "the owner deletes the security domain that its provider emptied", 0,
                content_delete_domain, probe_domain, judge_domain_gone, domain_stays),
};

#define STEPS(array) .steps = array, .n = sizeof(array) / sizeof(array)[0]
const struct plan plan_load_delegated = {.name = "load-delegated", STEPS(load_delegated)};
const struct plan plan_remove_delegated = {.name = "remove-delegated", STEPS(remove_delegated)};
const struct plan plan_load_authorized = {.name = "load-authorized", STEPS(load_authorized)};
const struct plan plan_remove_authorized = {.name = "remove-authorized", STEPS(remove_authorized)};
const struct plan plan_remove_domain = {.name = "remove-domain", STEPS(remove_domain)};
