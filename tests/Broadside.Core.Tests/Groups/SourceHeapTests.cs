using Broadside.Groups;
using FsCheck;
using FsCheck.Fluent;

namespace Broadside.Core.Tests.Groups;

public sealed class SourceHeapTests
{
    [Fact]
    public void AgreesWithASortedList()
    {
        var programs = ArbMap.Default.ArbFor<int>().Generator.ArrayOf().ToArbitrary();
        Prop.ForAll(programs, Run).Check(Config.QuickThrowOnFailure.WithMaxTest(300).WithEndSize(300));
    }

    [Fact]
    public void IsAsDeepAsNeedBe()
    {
        var heap = default(SourceHeap);
        for (var sequence = 200_000; sequence > 0; sequence--)
        {
            heap.Insert(new Source(0, sequence));
        }

        for (var sequence = 1; sequence <= 200_000; sequence++)
        {
            Assert.Equal(sequence, heap.First!.Sequence);
            heap.Remove(heap.First);
        }

        Assert.Null(heap.First);
    }

    private static void Run(int[] program)
    {
        var heap = default(SourceHeap);
        var sorted = new List<PendingSource>();
        for (var step = 0; step < program.Length; step++)
        {
            var choice = program[step] & int.MaxValue;
            if (sorted.Count == 0 || choice % 5 < 3)
            {
                var source = new Source((choice / 5) % 3, step * 7919 % 1009);
                heap.Insert(source);
                sorted.Add(source);
            }
            else
            {
                var source = choice % 5 == 3 ? heap.First! : sorted[choice / 5 % sorted.Count];
                heap.Remove(source);
                sorted.Remove(source);
                Assert.False(source.InHeap);
            }

            AssertFirst(heap, sorted);
        }

        while (heap.First is { } first)
        {
            AssertFirst(heap, sorted);
            heap.Remove(first);
            sorted.Remove(first);
        }

        Assert.Empty(sorted);
    }

    private static void AssertFirst(SourceHeap heap, List<PendingSource> sorted)
    {
        var least = sorted.MinBy(source => (source.Priority, source.Sequence));
        Assert.Equal((least?.Priority, least?.Sequence), (heap.First?.Priority, heap.First?.Sequence));
    }

    private sealed class Source : PendingSource
    {
        public Source(int priority, long sequence)
        {
            Priority = priority;
            Sequence = sequence;
        }

        public override bool Bind(ref BindContext context, long sequenceLimit) => false;

        public override void Discard()
        {
        }
    }
}
