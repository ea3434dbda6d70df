package io.bulkhead.harness.lab;

import java.util.Comparator;
import org.junit.jupiter.api.ClassDescriptor;
import org.junit.jupiter.api.ClassOrderer;
import org.junit.jupiter.api.ClassOrdererContext;

/**
 * Lets the manager's own tests go before the acceptance tests. They take whole CPUs below a group of their own, and before 6.7 the
 * kernel refuses those that a neighbour's group names: the pool of the installation that the acceptance tests share.
 */
public final class ManagersTestsFirst implements ClassOrderer {
    private static final String MANAGERS = "io.bulkhead.manager.";

    @Override
    public void orderClasses(ClassOrdererContext context) {
        context.getClassDescriptors()
                .sort(Comparator.comparing((ClassDescriptor each) ->
                                !each.getTestClass().getName().startsWith(MANAGERS))
                        .thenComparing(each -> each.getTestClass().getName()));
    }
}
