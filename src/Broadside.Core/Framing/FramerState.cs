using System.Runtime.CompilerServices;
using Broadside.Framing;

namespace Broadside;

/// <summary>
/// What a framer remembers of an unfinished record: how far it has scanned, and values of its own. Belongs to the connection
/// and starts from <c>default</c> with each record. 64 bytes, as there is one per connection.
/// </summary>
public struct FramerState
{
    /// <summary>For the framer's own use, such as a length being read or the number of bytes still to come.</summary>
    public long Pending { get; set; }

    /// <summary>Bytes of the record already scanned, so that none is looked at twice.</summary>
    public int Scanned { get; set; }

    /// <summary>For the framer's own use, such as a nesting depth or the number of elements still to come.</summary>
    public int Depth { get; set; }

    /// <summary>Which part of the record comes next.</summary>
    internal FramerPhase Phase;

    /// <summary>The byte that began the element being read.</summary>
    internal byte Kind;

    /// <summary>How many values each open container still lacks, outermost first; <see cref="Depth"/> of them are in use.</summary>
    internal ContainerCounts Containers;

    [InlineArray(Capacity)]
    internal struct ContainerCounts
    {
        /// <summary>What the other fields leave of 64 bytes: the deepest nesting that can be followed.</summary>
        public const int Capacity = 11;

        private int _first;
    }
}
