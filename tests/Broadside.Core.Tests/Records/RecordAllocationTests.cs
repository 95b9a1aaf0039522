using System.Buffers;
using Broadside.Tests.Framing;

namespace Broadside.Tests.Records;

[Collection(AllocationTests.Name)]
public sealed class RecordAllocationTests
{
    private readonly Arena _arena = new();

    [Fact]
    public void Creating_and_disposing_allocates_nothing()
    {
        var small = new byte[100];
        var large = new byte[100_000];
        var segmented = FramedStream.Segmented(new ReadOnlySequence<byte>(large), () => 1000);
        AllocationTests.AssertNone(() =>
        {
            Record.Create(_arena, small).Dispose();
            Record.Create(_arena, large).Dispose();
            Record.Create(_arena, segmented).Dispose();
        });
    }

    [Fact]
    public void Using_a_record_allocates_nothing()
    {
        using var record = Record.Create(_arena, new byte[100]);
        var copy = new byte[100];
        AllocationTests.AssertNone(() =>
        {
            _ = record.Length + record.Span.Length + (int)record.Sequence.Length;
            record.CopyTo(copy);
            var duplicate = record.Duplicate();
            duplicate.Dispose();
        });
    }

    [Fact]
    public void A_writer_that_is_reused_allocates_nothing()
    {
        using var writer = new RecordWriter(_arena);
        var part = new byte[200];
        AllocationTests.AssertNone(() =>
        {
            writer.Write(part);
            writer.Write(part);
            writer.Seal().Dispose();
        });
    }
}
