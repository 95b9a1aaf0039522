using Broadside.IoUring.Interop;

namespace Broadside.IoUring.Tests;

/// <summary>Between channels.</summary>
public sealed class WakeTests : ConformanceTest<TestFixture>
{
    [Fact]
    public async Task AMessageThatFailsIsReplacedByTheEvent()
    {
        const int Failures = 20;
        var target = Fixture.CreateChannel();
        using var notARing = new EventFile();
        TestFixture.Inner(target).MessageFile = notARing.File;
        var counters = TestFixture.Inner(Channel).RingCounters;
        while (counters.FailedMessages < Failures)
        {
            // As a rule the target sleeps by now, and only then it is sent a message.
            var ran = false;
            await Fixture.Run(Channel, () => target.Post(new ActionWork(() => ran = Note())));
            await Fixture.Until(() => ran, "the work on the other channel");
        }

        bool Note()
        {
            Fixture.Signal();
            return true;
        }
    }
}
