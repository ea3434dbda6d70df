package io.bulkhead.manager.sys;

import java.util.List;
import java.util.Map;

/**
 * A program to start by posix_spawn(3), in a session of its own, with an empty signal mask, default signal actions and
 * no descriptor but those named. It inherits the calling thread's namespaces, groups and root.
 *
 * @param program absolute path, as the calling thread sees it
 * @param arguments argv, with the program's name first
 * @param environment all of it
 * @param descriptors descriptor numbers of the child (0, 1, 2, 3 …, without a gap) and what stands there
 */
public record SpawnRequest(
        String program, List<String> arguments, Map<String, String> environment, Map<Integer, Fd> descriptors) {
    public SpawnRequest {
        arguments = List.copyOf(arguments);
        environment = Map.copyOf(environment);
        descriptors = Map.copyOf(descriptors);
        for (int i = 0; i < descriptors.size(); i++) {
            if (!descriptors.containsKey(i)) {
                throw new IllegalArgumentException("descriptor " + i + " is missing");
            }
        }
    }
}
