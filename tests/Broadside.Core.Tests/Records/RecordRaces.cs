namespace Broadside.Tests.Records;

/// <summary>Handles used by several threads at once: what one reads is the record's own, or it is told that the handle is dead.</summary>
public sealed class RecordRaces
{
    private const int Threads = 4;
    private const int Rounds = 3000;

    [Fact]
    public void Disposing_races_with_every_other_use()
    {
        var arena = new Arena();
        var current = default(Published)!;
        var (duplicates, deaths) = (0, 0);
        RunTogether(
            (thread, turn) =>
            {
                var random = new Random(thread);
                for (var round = 0; round < Rounds; round++)
                {
                    turn.SignalAndWait();
                    var shared = current;
                    if (round % Threads == thread)
                    {
                        shared.Record.Dispose();
                    }

                    Use(shared, random, ref duplicates, ref deaths);
                    Use(shared, random, ref duplicates, ref deaths);
                }
            },
            turn => current = Make(arena, (int)turn.CurrentPhaseNumber));

        Assert.True(duplicates > 0, "no duplicate was made");
        Assert.True(deaths > 0, "no handle was found dead");
        Assert.Equal(0, arena.AllocatedBytes);
    }

    [Fact]
    public void Only_one_of_many_disposals_counts()
    {
        var arena = new Arena();
        var records = Enumerable.Range(0, 2000).Select(value => Record.Create(arena, [(byte)value])).ToArray();
        RunTogether((_, _) =>
        {
            foreach (var record in records)
            {
                record.Dispose();
            }
        });
        Assert.Equal(0, arena.AllocatedBytes);
    }

    [Fact]
    public void Records_made_and_ended_on_different_threads_leave_nothing()
    {
        var arena = new Arena();
        var slots = new Published?[64];
        RunTogether((thread, _) =>
        {
            var random = new Random(thread);
            for (var round = 0; round < Rounds; round++)
            {
                var made = Make(arena, random.Next(250));
                Interlocked.Exchange(ref slots[random.Next(slots.Length)], made)?.Check().Dispose();
            }
        });
        foreach (var slot in slots)
        {
            slot?.Record.Dispose();
        }

        Assert.Equal(0, arena.AllocatedBytes);
    }

    private static void Use(Published shared, Random random, ref int duplicates, ref int deaths)
    {
        try
        {
            Use(shared, random, ref duplicates);
        }
        catch (ObjectDisposedException)
        {
            Interlocked.Increment(ref deaths);
        }
    }

    private static void Use(Published shared, Random random, ref int duplicates)
    {
        switch (random.Next(5))
        {
            case 0:
                Assert.Equal(shared.Mark + 1, shared.Record.Length);
                break;
            case 1:
                _ = shared.Record.Span.Length;
                break;
            case 2:
                _ = shared.Record.Sequence.Length;
                break;
            case 3:
                var bytes = new byte[256];
                shared.Record.CopyTo(bytes);
                Assert.Equal(-1, bytes.AsSpan(0, shared.Mark + 1).IndexOfAnyExcept(shared.Mark));
                break;
            default:
                if (shared.Record.TryDuplicate(out var duplicate))
                {
                    Interlocked.Increment(ref duplicates);
                    Assert.Equal(shared.Mark + 1, duplicate.Length);
                    Assert.Equal(-1, duplicate.Span.IndexOfAnyExcept(shared.Mark));
                    duplicate.Dispose();
                }

                break;
        }
    }

    // A record of `mark + 1` bytes, each of them `mark`; the handle is the first or a duplicate.
    private static Published Make(Arena arena, int mark)
    {
        var bytes = new byte[(byte)mark + 1];
        bytes.AsSpan().Fill((byte)mark);
        var record = Record.Create(arena, bytes);
        if (mark % 2 == 0)
        {
            return new Published(record, (byte)mark);
        }

        var duplicate = record.Duplicate();
        record.Dispose();
        return new Published(duplicate, (byte)mark);
    }

    // A thread that fails leaves the turns to the others.
    private static void RunTogether(Action<int, Barrier> body, Action<Barrier>? beforeTurn = null)
    {
        using var turn = new Barrier(Threads, beforeTurn);
        var failures = new Exception?[Threads];
        var threads = Enumerable.Range(0, Threads).Select(index => new Thread(() =>
        {
            try
            {
                body(index, turn);
            }
            catch (Exception failure)
            {
                failures[index] = failure;
                turn.RemoveParticipant();
            }
        })).ToList();
        threads.ForEach(thread => thread.Start());
        threads.ForEach(thread => thread.Join());
        Assert.All(failures, Assert.Null);
    }

    private sealed record Published(Record Record, byte Mark)
    {
        public Record Check()
        {
            Assert.Equal(-1, Record.Span.IndexOfAnyExcept(Mark));
            return Record;
        }
    }
}
