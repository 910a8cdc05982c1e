/* SPDX-License-Identifier: Apache-2.0 */
/* Rows that several tables of steps.c have: reach, installation in each mode, what completes a deployment,
 * removal. Stations 4 to 7. Role. [TR-03165 3.2.2] */
#ifndef TSM_ROLE_SP_LIFE_ROWS_H
#define TSM_ROLE_SP_LIFE_ROWS_H

#include "role/sp/activation/accessible.h"
#include "role/sp/life/life.h"
#include "role/sp/modes/managed.h"
#include "role/sp/verify/verify.h"

/* After deployment the owner is asked where the element is and how it is reached; whether it would be fit for
 * a new service does not matter. */
#define REACH_AND(r, k)                                                                                    \
    {                                                                                                      \
        .name = "REACH", .text = "the owner knows the secure element and how it is reached", .station = 4, \
        .verb = VERB_CHECK_ELIGIBILITY, .body = ask_eligibility, .read = r, .keep = k, .event = -1         \
    }
#define REACH REACH_AND(read_reach, keep_reach)

/* Loading and installing, in each mode. */
#define INSTALLATION(skip)                                                                                   \
    {.name = "INSTALL",                                                                                      \
     .text = "the owner loaded and installed the applications",                                              \
     .station = 6,                                                                                           \
     .verb = VERB_LOAD_AND_INSTALL,                                                                          \
     .modes = IN_SIMPLE,                                                                                     \
     .commands = COMMAND_INSTALL,                                                                            \
     .absent = skip,                                                                                         \
     .body = ask_install,                                                                                    \
     .round = 1,                                                                                             \
     .event = -1,                                                                                            \
     .changes = true},                                                                                       \
        {.name = "TOKENS",                                                                                   \
         .text = "the owner signed the commands that the provider will send",                                \
         .station = 6,                                                                                       \
         .verb = VERB_GENERATE_TOKEN,                                                                        \
         .modes = IN_DELEGATED,                                                                              \
         .commands = COMMAND_INSTALL,                                                                        \
         .absent = skip,                                                                                     \
         .body = ask_tokens,                                                                                 \
         .read = read_tokens,                                                                                \
         .event = -1},                                                                                       \
        {.name = "INSTALL_BY_TOKENS",                                                                        \
         .text = "the provider loaded and installed the applications with the owner's tokens",               \
         .station = 7,                                                                                       \
         .plan = &plan_load_delegated,                                                                       \
         .modes = IN_DELEGATED,                                                                              \
         .commands = COMMAND_INSTALL,                                                                        \
         .absent = skip,                                                                                     \
         .event = -1,                                                                                        \
         .changes = true},                                                                                   \
        {.name = "RECEIPTS",                                                                                 \
         .text = "the owner accepted the card's receipts",                                                   \
         .station = 6,                                                                                       \
         .verb = VERB_VERIFY_RECEIPT,                                                                        \
         .modes = IN_DELEGATED,                                                                              \
         .commands = COMMAND_INSTALL,                                                                        \
         .absent = skip,                                                                                     \
         .body = ask_receipts,                                                                               \
         .keep = keep_receipts,                                                                              \
         .round = 3,                                                                                         \
         .event = -1,                                                                                        \
         .changes = true},                                                                                   \
    {                                                                                                        \
        .name = "INSTALL_BY_AUTHORITY",                                                                      \
        .text = "the provider loaded and installed the applications in its authorized domain", .station = 7, \
        .plan = &plan_load_authorized, .modes = IN_AUTHORIZED, .commands = COMMAND_INSTALL, .absent = skip,  \
        .round = 1, .event = -1, .changes = true                                                             \
    }

#define PERSONALISATION(skip)                                                           \
    {                                                                                   \
        .name = "PERSONALISE", .text = "the application is personalised", .station = 7, \
        .plan = &plan_personalise, .commands = COMMAND_PERSONALISE, .absent = skip,     \
        .keep = keep_personalised, .event = -1, .changes = true                         \
    }
/* Personalisation, activation and what stands behind them: an app may ask for activation first. */
#define COMPLETION                                                                                    \
    PERSONALISATION(personalises_later),                                                              \
        {.name = "MAKE_ACCESSIBLE",                                                                   \
         .text = "the owner made the applications selectable and gave device applications access",    \
         .station = 6,                                                                                \
         .verb = VERB_MAKE_ACCESSIBLE,                                                                \
         .commands = COMMAND_ACTIVATE,                                                                \
         .absent = is_accessible,                                                                     \
         .body = ask_accessible,                                                                      \
         .event = -1,                                                                                 \
         .changes = true},                                                                            \
        {.name = "CONTACTLESS",                                                                       \
         .text = "the applications answer contactless readers",                                       \
         .station = 9,                                                                                \
         .verb = VERB_SEND_SCRIPT,                                                                    \
         .commands = COMMAND_ACTIVATE,                                                                \
         .absent = has_no_contactless,                                                                \
         .body = ask_contactless,                                                                     \
         .read = read_contactless,                                                                    \
         .keep = keep_contactless,                                                                    \
         .event = -1,                                                                                 \
         .changes = true},                                                                            \
        {.name = "VERIFY",                                                                            \
         .text = "the customer is known",                                                             \
         .station = 11,                                                                               \
         .commands = COMMAND_ACTIVATE,                                                                \
         .absent = needs_no_verification,                                                             \
         .body = ask_customer,                                                                        \
         .begin = begin_waiting,                                                                      \
         .keep = keep_verified,                                                                       \
         .event = -1},                                                                                \
        {.name = "ACTIVATE",                                                                          \
         .text = "the payment system environment lists the application",                              \
         .station = 7,                                                                                \
         .plan = &plan_activate,                                                                      \
         .commands = COMMAND_ACTIVATE,                                                                \
         .absent = activates_nothing,                                                                 \
         .event = -1,                                                                                 \
         .changes = true},                                                                            \
        {.name = "LIST",                                                                              \
         .text = "the owner's payment system environment lists the application beside others",        \
         .station = 6,                                                                                \
         .verb = VERB_LIST_APPLICATION,                                                               \
         .commands = COMMAND_ACTIVATE,                                                                \
         .absent = lists_nothing,                                                                     \
         .body = ask_listing,                                                                         \
         .event = -1,                                                                                 \
         .changes = true},                                                                            \
        PERSONALISATION(personalises_first),                                                          \
        {.name = "HOLD",                                                                              \
         .text = "the application is locked until it is resumed",                                     \
         .station = 7,                                                                                \
         .plan = &plan_suspend,                                                                       \
         .commands = COMMAND_FINALISE,                                                                \
         .absent = is_not_to_be_held,                                                                 \
         .event = -1,                                                                                 \
         .changes = true},                                                                            \
    {                                                                                                 \
        .name = "RELEASE", .text = "the application is unlocked", .station = 7, .plan = &plan_resume, \
        .commands = COMMAND_FINALISE, .absent = is_not_held, .event = -1, .changes = true             \
    }

/* The provider's content goes: the directory's entry, then part by part in each mode. */
#define REMOVAL(unlisted, emptied, nothing)                                                                 \
    {.name = "UNLIST",                                                                                      \
     .text = "the owner's payment system environment lists the application no more",                        \
     .station = 6,                                                                                          \
     .verb = VERB_LIST_APPLICATION,                                                                         \
     .absent = unlisted,                                                                                    \
     .body = ask_leaving,                                                                                   \
     .event = -1,                                                                                           \
     .changes = true,                                                                                       \
     .removes = true},                                                                                      \
        {.name = "REMOVAL_TOKENS",                                                                          \
         .text = "the owner signed the deletions that the provider will send",                              \
         .station = 6,                                                                                      \
         .verb = VERB_GENERATE_TOKEN,                                                                       \
         .modes = IN_DELEGATED,                                                                             \
         .absent = emptied,                                                                                 \
         .body = ask_tokens,                                                                                \
         .read = read_tokens,                                                                               \
         .event = -1,                                                                                       \
         .removes = true},                                                                                  \
        {.name = "REMOVE_BY_TOKENS",                                                                        \
         .text = "the provider deleted its content with the owner's tokens",                                \
         .station = 7,                                                                                      \
         .plan = &plan_remove_delegated,                                                                    \
         .modes = IN_DELEGATED,                                                                             \
         .absent = nothing,                                                                                 \
         .event = -1,                                                                                       \
         .changes = true,                                                                                   \
         .removes = true},                                                                                  \
        {.name = "REMOVAL_RECEIPTS",                                                                        \
         .text = "the owner accepted the card's receipts for the deletions",                                \
         .station = 6,                                                                                      \
         .verb = VERB_VERIFY_RECEIPT,                                                                       \
         .modes = IN_DELEGATED,                                                                             \
         .absent = nothing,                                                                                 \
         .body = ask_receipts,                                                                              \
         .keep = keep_receipts,                                                                             \
         .round = 3,                                                                                        \
         .event = -1,                                                                                       \
         .changes = true,                                                                                   \
         .removes = true},                                                                                  \
    {                                                                                                       \
        .name = "REMOVE_BY_AUTHORITY", .text = "the provider deleted the content of its authorized domain", \
        .station = 7, .plan = &plan_remove_authorized, .modes = IN_AUTHORIZED, .absent = emptied,           \
        .round = 1, .event = -1, .changes = true, .removes = true                                           \
    }

#endif
