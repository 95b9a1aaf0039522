namespace Broadside;

/// <summary>
/// What a framer remembers of an unfinished record: how far it has scanned, and two values of its own. Belongs to the connection
/// and starts from <c>default</c> with each record.
/// </summary>
public struct FramerState
{
    /// <summary>Bytes of the record already scanned, so that none is looked at twice.</summary>
    public int Scanned { get; set; }

    /// <summary>For the framer's own use, such as the number of elements still to come.</summary>
    public long Pending { get; set; }

    /// <summary>For the framer's own use, such as a nesting depth.</summary>
    public int Depth { get; set; }
}
