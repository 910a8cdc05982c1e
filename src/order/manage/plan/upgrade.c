/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The owner's plans that replace a load file while its applications keep their data, and that put the former
 * version back where the new one did not take them. Station 5. Pure. [GPCS Amendment H]
 *
 *   start -> (settle) -> load -> restore            power lost in a phase: resume goes on in it
 *   recover -> load the former one -> restore it    after a failure, while the card still keeps the data
 *
 * The card tells by the status of its session how far it came, so each step can be asked about, and the
 * answer to a command alone never counts: the steps behind the start confirm.
 */
#include "gp/upgrade/upgrade.h"
#include "order/manage/content.h"

static enum tsm_err manage(const struct plan_facts *f, enum upgrade_action action, struct script *out)
{
    struct upgrade_request q = {.action = action, .file = f->package_aid};
    size_t mark = script_mark(out);
    TRY(upgrade_write(&q, &out->store));
    return script_add(out, mark);
}

static enum tsm_err build_start(const struct plan_facts *f, int arg, struct script *out)
{
    (void)arg;
    return manage(f, UPGRADE_START, out);
}

static enum tsm_err build_resume(const struct plan_facts *f, int arg, struct script *out)
{
    (void)arg;
    return manage(f, UPGRADE_RESUME, out);
}

static enum tsm_err build_recover(const struct plan_facts *f, int arg, struct script *out)
{
    (void)arg;
    return manage(f, UPGRADE_RECOVERY, out);
}

static enum tsm_err probe_session(const struct plan_facts *f, int arg, struct script *out)
{
    (void)arg;
    return manage(f, UPGRADE_STATUS, out);
}

static enum tsm_err build_load(const struct plan_facts *f, int arg, struct script *out)
{
    (void)arg;
    return content_load(f, BYTES_NONE, out);
}

/* The status of the session of this load file; SESSION_NONE where the card has none of it, or tells nothing.
 */
static int session_of(const struct plan_facts *f, const struct step_answer *a, size_t n)
{
    struct upgrade_session s;
    if (n == 0 || upgrade_read(a[0].data, &s) != TSM_OK)
        return SESSION_NONE;
    return s.status > SESSION_COMPLETED && !bytes_equal(s.file, f->package_aid) ? SESSION_NONE : s.status;
}

/* Where the header of a load file has the version of the package: minor, then major [JCVM 6.4]. */
enum { VERSION_AT = 10, VERSION_LEN = 2 };

static enum tsm_err probe_version(const struct plan_facts *f, int arg, struct script *out)
{
    static const uint8_t tags[] = {0x4F, 0x9F, 0x70, 0xCE};
    struct get_status g = {
        .scope = STATUS_LOAD_FILES, .dialect = STATUS_TLV, .aid = f->package_aid, .tags = BYTES(tags)};
    size_t mark = script_mark(out);
    (void)arg;
    TRY(get_status_write(&g, &out->store));
    return script_add(out, mark);
}

static bool is_version(struct bytes told, struct bytes load_file)
{
    struct bytes v;
    if (told.len != VERSION_LEN || bytes_part(load_file, VERSION_AT, VERSION_LEN, &v) != TSM_OK)
        return told.len == 0; /* a card need not tell it */
    return told.at[0] == v.at[1] && told.at[1] == v.at[0];
}

/* An unfinished session may have loaded another one. */
static enum verdict judge_version(const struct plan_facts *f, int arg, const struct step_answer *a, size_t n)
{
    struct gp_registry_entry e;
    struct reader r = READER(n ? a[0].data : BYTES_NONE);
    (void)arg;
    while (r.left.len && gp_registry_next(&r, STATUS_LOAD_FILES, STATUS_TLV, &e) == TSM_OK)
        if (bytes_equal(e.aid, f->package_aid) && is_version(e.version, f->load_file))
            return VERDICT_DONE;
    return VERDICT_NOT_DONE;
}

static enum verdict judge_started(const struct plan_facts *f, int arg, const struct step_answer *a, size_t n)
{
    (void)arg;
    return session_of(f, a, n) > SESSION_COMPLETED ? VERDICT_DONE : VERDICT_NOT_DONE;
}

/* The data are saved and the former version is gone. */
static enum verdict judge_saved(const struct plan_facts *f, int arg, const struct step_answer *a, size_t n)
{
    int status = session_of(f, a, n);
    (void)arg;
    if (status <= SESSION_COMPLETED)
        return VERDICT_REFUSED; /* an application did not give its data: the card ended the session */
    return status >= SESSION_IN_SAVING && status < SESSION_IN_INSTALLATION ? VERDICT_NOT_DONE : VERDICT_DONE;
}

/* A card may restore at the end of LOAD by itself. */
static enum verdict judge_restored(const struct plan_facts *f, int arg, const struct step_answer *a, size_t n)
{
    int status = session_of(f, a, n);
    (void)arg;
    if (status <= SESSION_COMPLETED)
        return VERDICT_DONE;
    return status == SESSION_WAITS_FOR_RESTORE || status >= SESSION_IN_INSTALLATION ? VERDICT_NOT_DONE
                                                                                    : VERDICT_REFUSED;
}

/* The version that did not take the data is thrown away. */
static enum verdict judge_recovered(const struct plan_facts *f, int arg, const struct step_answer *a,
                                    size_t n)
{
    int status = session_of(f, a, n);
    (void)arg;
    if (status <= SESSION_COMPLETED)
        return VERDICT_REFUSED;
    return status == SESSION_WAITS_FOR_FILE ? VERDICT_DONE : VERDICT_NOT_DONE;
}

#define OWNER(n, t, b, p, j) \
    .name = n, .text = t, .domain = IN_ISSUER, .build = b, .changes_card = true, .probe = p, .judge = j

static const struct plan_step upgrade_steps[] = {
    {OWNER("UPGRADE_START", "the card saves the data of the applications and gives up the former version",
           build_start, probe_session, judge_started),
     .needless = load_file_there},
    {OWNER("UPGRADE_SETTLE", "the data are saved", build_resume, probe_session, judge_saved),
     .ask_first = true, .confirm = true, .needless = load_file_there},
    {OWNER("UPGRADE_LOAD", "the new version is loaded", build_load, probe_version, judge_version),
     .needless = load_file_there},
    {OWNER("UPGRADE_RESTORE", "the applications have their data again, in the new version", build_resume,
           probe_session, judge_restored),
     .ask_first = true, .confirm = true, .needless = load_file_there},
};
static const struct plan_step back_steps[] = {
    {OWNER("UPGRADE_RECOVER", "the version that did not take the data is thrown away", build_recover,
           probe_session, judge_recovered),
     .ask_first = true, .confirm = true},
    {OWNER("RELOAD_FORMER", "the former version is loaded again", build_load, probe_version, judge_version)},
    {OWNER("RESTORE_FORMER", "the applications have their data again, in the former version", build_resume,
           probe_session, judge_restored),
     .ask_first = true, .confirm = true},
};

#define STEPS(array) .steps = array, .n = sizeof(array) / sizeof(array)[0]
const struct plan plan_upgrade = {.name = "upgrade", STEPS(upgrade_steps)};
const struct plan plan_upgrade_back = {.name = "upgrade-back", STEPS(back_steps)};
