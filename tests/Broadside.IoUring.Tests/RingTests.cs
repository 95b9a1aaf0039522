using Broadside.IoUring.Interop;

namespace Broadside.IoUring.Tests;

/// <summary>The ring itself.</summary>
public sealed class RingTests
{
    private const Opcode Nothing = 0;

    public RingTests() => Require.Environment(IoUringBackend.IsSupported(out var reason), reason);

    [Fact]
    public void CompletionsThatFindNoRoomAreKept()
    {
        const int Operations = 200;
        using var ring = new Ring(8, 16);
        for (var number = 0; number < Operations; number++)
        {
            ref var entry = ref ring.Next();
            entry.Opcode = Nothing;
            entry.UserData = (ulong)number;
        }

        ring.Submit();
        var seen = new SortedSet<ulong>();
        while (seen.Count < Operations)
        {
            if (ring.TryTake(out var completion))
            {
                Assert.True(seen.Add(completion.UserData), "A completion came twice.");
            }
            else
            {
                Assert.True(ring.HasDeferredWork, $"{Operations - seen.Count} completions were lost.");
                ring.Submit();
            }
        }

        Assert.Equal((ulong)Operations - 1, seen.Max);
        Assert.True(ring.Counters.Overflows > 0);
        Assert.Equal(Operations, ring.Counters.Submissions);
    }

    [Fact]
    public void AWaitEndsWithItsTime()
    {
        using var ring = new Ring(8, 16);
        ring.SubmitAndWait(TimeSpan.FromMilliseconds(1));
        Assert.False(ring.HasCompletions);
    }

    [Fact]
    public unsafe void ATableOfFilesThatIsFullSaysSo()
    {
        using var ring = new Ring(8, 16);
        Assert.Equal(2, RegisteredFiles.Register(ring, 2));
        var results = new List<int>();
        for (var count = 0; count < 3; count++)
        {
            ref var entry = ref ring.Next();
            entry.Opcode = Opcode.Socket;
            entry.File = NativeAddress.Family(new IPEndPoint(IPAddress.Loopback, 0));
            entry.Offset = NativeSocket.Stream;
            entry.FileIndex = SubmissionEntry.AllocateFile;
        }

        ring.Submit();
        while (ring.TryTake(out var completion))
        {
            results.Add(completion.Result);
        }

        Assert.Equal([0, 1, -Errno.FileTableFull], results);
    }
}
