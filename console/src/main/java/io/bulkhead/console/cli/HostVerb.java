package io.bulkhead.console.cli;

import io.bulkhead.broker.HostView;
import io.bulkhead.console.client.ApiClient;
import io.bulkhead.contract.wire.Json;
import picocli.CommandLine.Command;

/** {@code bulkhead host}. */
@Command(
        name = "host",
        description = "Shows the hardware: what there is, who has it, what is free, and what this kernel can enforce.")
final class HostVerb extends Verb {
    HostVerb(Bulkhead bulkhead) {
        super(bulkhead);
    }

    @Override
    public Integer call() {
        Json answer = api().get("/v1/host");
        if (bulkhead().wantsJson()) {
            bulkhead().printJson(answer);
        } else {
            bulkhead().print(new HostMap(ApiClient.decode(HostView.class, answer), colour()).toString());
        }
        return DONE;
    }
}
