/* Members whose store is on a disk: what the disk does to them, and how they start again. */
#include "sim.h"

#include <check.h>

#define LIE_ENDS 20 /* in a thousand, a step */

static void open_store(struct sim_node *node, const char *folder)
{
    struct toc_why why = {""};

    ck_assert_ptr_null(node->store);
    ck_assert_msg(toc_store_open(folder, &node->store, &why) == TOC_OK, "%s: %s", node->member,
                  why.text);
}

void sim_machine_add(struct sim_node *node)
{
    if (sim_chance(node->sim, node->sim->disk_chance)) {
        node->disk = sim_disk_new(sim_draw(node->sim));
    }
    open_store(node, node->disk == NULL ? NULL : sim_disk_folder(node->disk));
}

void sim_machine_live(struct sim_node *node, bool live)
{
    if (node->disk != NULL) {
        sim_disk_live(node->disk, live);
    }
}

bool sim_machine_failed(const struct sim_node *node, unsigned before)
{
    return node->disk != NULL && sim_disk_failed(node->disk) != before;
}

/* ---- trouble ---- */

/* One call, some, or so many that ticks fail one after the other. */
static unsigned how_long(struct sim *sim)
{
    return 1 + (unsigned)sim_below(sim, sim_chance(sim, 500) ? 1 : sim_chance(sim, 500) ? 10 : 200);
}

static void get_into_trouble(struct sim_node *node)
{
    struct sim *const sim = node->sim;
    static const enum sim_disk_fault faults[] = {SIM_DISK_FAILS, SIM_DISK_SHORT, SIM_DISK_FULL};
    const uint64_t which = sim_below(sim, 4);

    if (which == 3) {
        sim_trace(node, "its disk is slow");
        node->slow_until = sim->mono + (int64_t)sim_below(sim, 60000);
        return;
    }
    sim_disk_arm(node->disk, faults[which], (unsigned)sim_below(sim, 60), how_long(sim));
}

void sim_machine_turn(struct sim *sim)
{
    for (size_t i = 0; i < sim->nodes_len; i++) {
        struct sim_node *const node = &sim->nodes[i];
        if (node->disk == NULL || node->engine == NULL) {
            continue;
        }
        if (sim_chance(sim, sim->faults.trouble)) {
            get_into_trouble(node);
        }
        if (!node->honest && sim_chance(sim, sim->faults.lie)) {
            sim_trace(node, "its disk lies");
            sim_disk_arm(node->disk, SIM_DISK_LIES, 0, 0);
        } else if (sim_chance(sim, sim->faults.lie > 0 ? LIE_ENDS : 0)) {
            sim_disk_honest(node->disk);
        }
    }
}

void sim_machine_committed(struct sim_node *node)
{
    const bool slow = node->slow_until > node->sim->mono;

    node->late = slow ? (int64_t)sim_below(node->sim, 3000) : 0;
    node->busy_until = node->sim->mono + node->late;
}

/* ---- the power ---- */

/* Submissions that wait unsigned on what is left, and were signed since, are signed again. */
static void excuse_repeats(struct sim_node *node)
{
    for (struct sim_submission *one = node->sim->submissions; one != NULL; one = one->next) {
        struct toc_submission known;
        char id[SIM_KEY_LEN];
        (void)snprintf(id, sizeof(id), "s%u", one->number);
        if (one->node == node && one->first_sequence != 0 &&
            toc_store_submission_find(node->store, id, &known) == TOC_OK &&
            known.first_sequence != one->first_sequence) {
            one->excused = true;
            node->sim->forgot = true;
        }
    }
}

static void on_what_is_left(struct sim_node *node, bool older)
{
    open_store(node, sim_disk_folder(node->disk));
    if (older) {
        node->sim->losses++;
        sim_check_restored(node);
        excuse_repeats(node);
        /* What it holds is looked for before it ticks again. */
        node->put_back = true;
        sim_check_store(node);
        node->put_back = false;
        sim_check_lost(node->sim);
    }
}

/* Stopped properly, the store is tidied up, and in the middle of that the disk may go. */
static void stop(struct sim_node *node)
{
    struct sim *const sim = node->sim;

    if (sim_chance(sim, 300)) {
        sim_disk_arm(node->disk, SIM_DISK_FAILS, (unsigned)sim_below(sim, 40), 1000);
        sim_disk_live(node->disk, true);
    } else {
        sim_disk_cut(node->disk);
    }
    toc_store_close(&node->store);
    sim_disk_live(node->disk, false);
    sim_disk_cut(node->disk);
}

void sim_machine_cut(struct sim_node *node)
{
    if (node->disk == NULL) {
        return;
    }
    const bool lied = sim_disk_owes(node->disk);

    if (lied) {
        sim_check_before_restore(node);
    }
    stop(node);
    sim_disk_boot(node->disk);
    on_what_is_left(node, lied);
    node->slow_until = 0;
    node->busy_until = 0;
}

void sim_machine_restore(struct sim_node *node, const struct sim_disk *copy)
{
    if (node->engine != NULL) {
        sim_crash(node);
    }
    sim_check_before_restore(node);
    toc_store_close(&node->store);
    sim_disk_put_back(node->disk, copy);
    on_what_is_left(node, true);
    node->restart_mono = INT64_MAX;
}

/* ---- starting ---- */

/* The service manager tries again. */
void sim_machine_refused(struct sim_node *node, const char *why)
{
    sim_trace(node, "does not start: %s", why);
    SIM_MUST(node->sim, why[0] != '\0');
    node->sim->refusals++;
    node->restart_mono = node->sim->mono + 1000 + (int64_t)sim_below(node->sim, 5000);
}

bool sim_machine_boot(struct sim_node *node)
{
    struct sim *const sim = node->sim;
    struct toc_why why = {""};
    enum toc_result result;

    if (node->disk == NULL || !sim_chance(sim, sim->faults.trouble > 0 ? 200 : 0)) {
        return true;
    }
    const unsigned failed = sim_disk_failed(node->disk);

    toc_store_close(&node->store);
    sim_disk_arm(node->disk, SIM_DISK_FAILS, (unsigned)sim_below(sim, 80), how_long(sim));
    sim_disk_live(node->disk, true);
    result = toc_store_open(sim_disk_folder(node->disk), &node->store, &why);
    sim_disk_live(node->disk, false);
    if (result == TOC_OK) {
        return true;
    }
    if (result != TOC_STORE || !sim_machine_failed(node, failed)) {
        sim_fail(sim, "%s: its store does not open: %s: %s", node->member, toc_result_name(result),
                 why.text);
    }
    sim_machine_refused(node, why.text);
    sim_disk_cut(node->disk);
    sim_disk_boot(node->disk);
    open_store(node, sim_disk_folder(node->disk));
    return false;
}
