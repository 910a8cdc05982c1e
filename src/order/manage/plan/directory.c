/* SPDX-License-Identifier: Apache-2.0 */
/* The owner's plan for the payment system environment that several providers share: it is kept in the
 * issuer's domain and lists the applications of all. Station 5. Pure. [EMV Book B 3.3; GPCS 9.4] */
#include "order/manage/content.h"
#include "order/manage/move.h"

enum { DIRECTORY = 0 };

static enum tsm_err build_install(const struct plan_facts *f, int arg, struct script *out)
{
    return content_install(f, arg, BYTES_NONE, out);
}

static enum tsm_err build_delete_load_file(const struct plan_facts *f, int arg, struct script *out)
{
    (void)arg;
    return content_delete_load_file(f, BYTES_NONE, out);
}

static bool keeps_load_file(const struct plan_facts *f, int arg)
{
    return has_directory(f, arg) || package_not_ours(f, arg);
}

/* facts.domain_aid is the issuer's domain here: the environment is at home there. */
static const struct plan_step directory_steps[] = {
    {.name = "DIRECTORY_INSTALL",
     .text = "the owner installs the payment system environment for all providers",
     .domain = IN_ISSUER,
     .arg = DIRECTORY,
     .build = build_install,
     .changes_card = true,
     .probe = probe_application,
     .judge = judge_installed,
     .needless = no_such_application},
    {.name = "DIRECTORY_MOVE",
     .text = "the payment system environment goes to the issuer's domain",
     .domain = IN_ISSUER,
     .arg = DIRECTORY,
     .build = build_move_home,
     .changes_card = true,
     .probe = probe_application,
     .judge = judge_at_home,
     .needless = is_born_at_home},
    {.name = "DIRECTORY_WRITE",
     .text = "the payment system environment lists the applications of all providers",
     .domain = IN_ISSUER,
     .arg = DIRECTORY,
     .build = content_directory,
     .changes_card = true,
     .probe = probe_application,
     .judge = judge_directory,
     .needless = has_no_directory,
     .untold = true},
    {.name = "DIRECTORY_DELETE",
     .text = "the payment system environment is empty and deleted",
     .domain = IN_ISSUER,
     .arg = DIRECTORY,
     .build = content_delete_plain,
     .changes_card = true,
     .probe = probe_application,
     .judge = judge_gone,
     .also_fine = SW_NOT_FOUND,
     .needless = has_directory},
    {.name = "DIRECTORY_DELETE_LOAD_FILE",
     .text = "the load file that the environment was the last to use is deleted",
     .domain = IN_ISSUER,
     .build = build_delete_load_file,
     .changes_card = true,
     .probe = probe_load,
     .judge = judge_load_file_gone,
     .also_fine = SW_NOT_FOUND,
     .needless = keeps_load_file},
};

const struct plan plan_directory = {
    .name = "directory", .steps = directory_steps, .n = sizeof directory_steps / sizeof directory_steps[0]};
