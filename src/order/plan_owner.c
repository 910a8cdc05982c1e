/* SPDX-License-Identifier: Apache-2.0 */
/* The owner's plans: create a provider's domain with first keys in any mode; in simple mode load and install
 * for it, remove all. Station 5. Pure. [GPCS 11.2, 11.5, 11.6, 11.11.4; TS 102 226 8.2.1.3] */
#include "gp/command/store_data.h"
#include "gp/content/sd_params.h"
#include "gp/content/uicc_params.h"
#include "order/care/rules_step.h"
#include "order/manage/applications.h"
#include "order/manage/confidential.h"
#include "order/manage/content.h"
#include "order/manage/keys.h"
#include "order/manage/mode.h"
#include "order/manage/move.h"

enum { PROTOCOL_SCP11 = 0x11, PROTOCOL_SCP80 = 0x80, SCP80_I = 0, DOMAIN_PARAMS_MAX = 96 };

/* C9 says which protocols the domain speaks; on a UICC EA gives it the TAR that the owner allocated. */
static enum tsm_err domain_params(const struct plan_facts *f, struct writer *w)
{
    bool uicc = f->profile->protocol == PROTOCOL_SCP80;
    uint8_t sd_room[32], ea_room[48];
    struct writer sd = WRITER(sd_room), ea = WRITER(ea_room);
    struct sd_params domain = {
        .protocol_count = 1,
        .protocol = {{(uint8_t)f->profile->protocol, (uint8_t)(uicc ? SCP80_I : f->profile->scp_i), 0}}};
    struct uicc_params toolkit = {
        .has_toolkit = true,
        .toolkit = {.tar_count = 1,
                    .tar = {{(uint8_t)(f->tar >> 16), (uint8_t)(f->tar >> 8), (uint8_t)f->tar}}}};
    struct install_params p = {.granted_nonvolatile = f->terms.nonvolatile,
                               .granted_volatile = f->terms.volatile_room};
    if (f->terms.opens_by_scp11)
        domain.protocol[domain.protocol_count++] = (struct sd_protocol){
            PROTOCOL_SCP11, (uint8_t)(f->profile->scp11_i >> 8), (uint8_t)f->profile->scp11_i};
    TRY(sd_params_write(&domain, &sd));
    p.application = written(&sd);
    if (uicc) {
        TRY(uicc_params_write(&toolkit, &ea));
        p.uicc = written(&ea);
    }
    return install_params_write(PARAMS_FOR_INSTALL, &p, w);
}

enum tsm_err content_make_domain(const struct plan_facts *f, int arg, struct script *out)
{
    uint8_t room[DOMAIN_PARAMS_MAX], rights[3];
    struct writer params = WRITER(room), privileges = WRITER(rights);
    struct gp_install i = {.p1 = INSTALL_FOR_INSTALL_AND_MAKE_SELECTABLE,
                           .load_file = BYTES_OF(f->profile->ssd_package, f->profile->ssd_package_len),
                           .module = BYTES_OF(f->profile->ssd_module, f->profile->ssd_module_len),
                           .application = f->domain_aid};
    size_t mark = script_mark(out);
    (void)arg;
    TRY(domain_params(f, &params));
    TRY(privileges_write(mode_privileges(f->mode, f->verifies_dap) | f->terms.privileges, false,
                         &privileges));
    i.privileges = written(&privileges);
    i.parameters = written(&params);
    TRY(install_write(&i, &out->store));
    return script_add(out, mark);
}

/* INSTALL [for personalization] and STORE DATA 00B9/8113: the first key set, atomic on the card. */
static enum tsm_err build_domain_keys(const struct plan_facts *f, int arg, struct script *out)
{
    struct store_part part = {.data = f->domain_keys,
                              .p1 = STORE_NO_ENCRYPTION | STORE_DGI}; /* 8113 is encrypted by itself */
    struct store_plan plan;
    (void)arg;
    TRY(script_personalization(out, f->domain_aid));
    TRY(store_plan_make(&part, 1, f->data_max, &plan));
    for (size_t i = 0; i < plan.blocks; i++) {
        size_t mark = script_mark(out);
        TRY(store_plan_block(&plan, i, &out->store));
        TRY(script_add(out, mark));
    }
    return TSM_OK;
}

/* A domain becomes PERSONALIZED with its first keys. */
static enum verdict judge_domain_keys(const struct plan_facts *f, int arg, const struct step_answer *a,
                                      size_t n)
{
    uint8_t life = 0;
    (void)arg;
    if (!registry_has(a, n, STATUS_APPLICATIONS, f->domain_aid, &life))
        return VERDICT_NOT_DONE;
    return (life & 0x0F) == LIFE_PERSONALIZED ? VERDICT_DONE : VERDICT_PARTIAL;
}

static bool keys_come_from_elsewhere(const struct plan_facts *f, int arg)
{
    (void)arg;
    return f->terms.keys_elsewhere;
}

static bool mandates_nothing(const struct plan_facts *f, int arg)
{
    return keys_come_from_elsewhere(f, arg) ||
           (f->terms.privileges & PRIVILEGE_MANDATED_DAP) != PRIVILEGE_MANDATED_DAP;
}

static enum tsm_err build_load(const struct plan_facts *f, int arg, struct script *out)
{
    (void)arg;
    return content_load(f, BYTES_NONE, out);
}

static enum tsm_err build_install(const struct plan_facts *f, int arg, struct script *out)
{
    return content_install(f, arg, BYTES_NONE, out);
}

static enum tsm_err build_delete_load_file(const struct plan_facts *f, int arg, struct script *out)
{
    (void)arg;
    return content_delete_load_file(f, BYTES_NONE, out);
}

/* The owner's step in his own domain that may be passed over. */
#define OWNER_STEP(n, t, a, b, p, j, skip)                                                                 \
    {                                                                                                      \
        .name = n, .text = t, .domain = IN_ISSUER, .arg = a, .build = b, .changes_card = true, .probe = p, \
        .judge = j, .needless = skip                                                                       \
    }

static const struct plan_step create_steps[] = {
    OWNER_STEP("TOKEN_KEY", "the card gets the key that verifies the owner's tokens", 0, build_token_key,
               probe_keys, judge_token_key, prepared_or_no_tokens),
    OWNER_STEP("RECEIPT_KEY", "the card gets the key that it makes receipts with", 0, build_receipt_key,
               probe_keys, judge_receipt_key, prepared_or_no_tokens),
    CHANGE_STEP("INSTALL_DOMAIN", "the provider's security domain is installed", IN_ISSUER, 0,
                content_make_domain, probe_domain, judge_domain, 0),
    OWNER_STEP("DOMAIN_KEYS", "the domain gets its first key set", 0, build_domain_keys, probe_domain,
               judge_domain_keys, keys_come_from_elsewhere),
    {.name = "AUTHORITY_KEY",
     .text = "the domain gets the key that verifies every load file of the card",
     .domain = IN_PROVIDER_FIRST,
     .build = build_dap_key,
     .changes_card = true,
     .probe = probe_keys,
     .judge = judge_dap_key,
     .needless = mandates_nothing},
    OWNER_STEP("JOIN_PARENT", "the domain goes below the one that it belongs to", 0, build_join_parent,
               probe_domain, judge_below_parent, has_no_parent),
    {.name = "READ_CASD", /* last: what it tells goes into the answer */
     .text = "the Controlling Authority's domain shows its certificates",
     .domain = IN_ISSUER,
     .build = build_read_casd,
     .needless = needs_no_casd},
};
#define INSTALL_AND_MOVE(i, n)                                                                               \
    OWNER_STEP("INSTALL_APPLICATION" n, "an application is installed", i, build_install, probe_application,  \
               judge_installed, no_such_application),                                                        \
        OWNER_STEP("MOVE_APPLICATION" n,                                                                     \
                   "the application goes from the load file's domain to the provider's", i, build_move_home, \
                   probe_application, judge_at_home, is_born_at_home),
#define DELETE_APPLICATION(i, n)                                                              \
    DELETE_STEP("DELETE_APPLICATION" n, "an application is deleted", i, content_delete_plain, \
                probe_application, judge_gone, application_not_ours),

static const struct plan_step load_steps[] = {
    OWNER_STEP("LOAD", "the load file is loaded into the provider's domain", 0, build_load, probe_load,
               judge_load, load_file_there),
    EACH_APPLICATION(INSTALL_AND_MOVE)
        RULES_STEP("STORE_RULES", "device applications get their access to the application"),
};
static const struct plan_step remove_steps[] = {
    RULES_STEP("DELETE_RULES", "device applications lose their access to the application"),
    EACH_APPLICATION(DELETE_APPLICATION)
        OWNER_STEP("PASS_LOAD_FILE", "the load file that others use goes to the issuer's domain", 0,
                   build_pass_load_file, probe_load, judge_load_file_passed, passes_no_load_file),
    DELETE_STEP("DELETE_LOAD_FILE", "the load file is deleted", 0, build_delete_load_file, probe_load,
                judge_load_file_gone, package_not_ours),
    DELETE_STEP("DELETE_DOMAIN", "the security domain is deleted with its keys", 0, content_delete_domain,
                probe_domain, judge_domain_gone, domain_stays),
};

#define STEPS(array) .steps = array, .n = sizeof(array) / sizeof(array)[0]
const struct plan plan_create_domain = {.name = "create-domain", STEPS(create_steps)};
const struct plan plan_load_and_install = {.name = "load-and-install", STEPS(load_steps)};
const struct plan plan_remove = {.name = "remove", STEPS(remove_steps)};
