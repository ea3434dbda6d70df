package io.bulkhead.console.cli;

import io.bulkhead.contract.order.ProblemCode;
import io.bulkhead.contract.order.Refusal;
import java.util.List;

/** Deletes things that the control plane has given ids to, one after the other: a refusal is told, and keeps none of the others. */
final class DeletionById {
    private final String path;
    private final String kind;
    private final String done;

    /**
     * @param path of the things in the API
     * @param kind what one of them is, with its article
     * @param done what has become of one afterwards
     */
    DeletionById(String path, String kind, String done) {
        this.path = path;
        this.kind = kind;
        this.done = done;
    }

    /** Deletes them; the exit code, that of the first refusal where there was one. */
    int run(Bulkhead bulkhead, List<String> ids) {
        int code = Verb.DONE;
        for (String id : ids) {
            try {
                if (!id.matches("[a-z0-9]{1,16}")) {
                    throw Refusal.of(ProblemCode.INVALID_REQUEST, "'" + id + "' is not the id of " + kind);
                }
                bulkhead.api().delete(path + "/" + id);
                bulkhead.remark(id + ": " + done);
            } catch (Refusal e) {
                int failed = new Complaints(bulkhead).about(e.problem());
                code = code == Verb.DONE ? failed : code;
            }
        }
        return code;
    }
}
