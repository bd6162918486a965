// What quantising needs to know of a row before its first code leaves: the exponent of every chunk, the largest of the
// row, and scale and zero point of every head. Measured as the row is written, read back group by group.
module pim_alu_scales #(
    parameter int StreamLanes = 32,
    parameter int Banks = 2,
    parameter int ChunkIndexBits = 9,
    parameter int HeadIndexBits = 8
) (
    input  logic                            clk_i,
    input  logic                            rst_ni,
    input  logic                            row_start_i,
    input  logic                            eight_bits_i,
    input  logic [                     4:0] kv_bits_i,
    // one chunk from the way in
    input  logic                            measure_i,
    input  logic [      ChunkIndexBits-1:0] measure_chunk_i,
    input  logic [                     7:0] measure_part_i,
    input  logic                            measure_part_last_i,
    input  logic [      32*StreamLanes-1:0] measure_data_i,
    // one chunk of each bank from a pass
    input  logic                            pass_i,
    input  logic [      ChunkIndexBits-1:0] pass_chunk_i,
    input  logic [Banks*32*StreamLanes-1:0] pass_data_i,
    // back, a cycle later
    input  logic                            read_i,
    input  logic [      ChunkIndexBits-1:0] read_chunk_i,
    input  logic [       HeadIndexBits-1:0] read_head_i,
    input  logic [      ChunkIndexBits-1:0] chunks_i,     // chunks with data in the row, less one
    input  logic [                     1:0] group_i,      // 0, 1, 2: groups of 32, 64, 128
    output logic [                     4:0] low_o,
    output logic [                     4:0] group_exponent_o,
    output logic [                     4:0] head_exponent_o,
    output logic [                     3:0] head_zero_o,
    output logic [                     7:0] head_meta_o
);
  localparam int Entries = 128 / StreamLanes;  // chunks of the largest group
  localparam int EntryBits = $clog2(Entries);
  localparam int RowBits = ChunkIndexBits - EntryBits;
  localparam logic [4:0] MaxActivationShift = 5'd12;

  // ---- Exponents of chunks
  logic [31:0] below, above;
  logic [4:0] exponent;
  pim_chunk_range #(
      .StreamLanes(StreamLanes)
  ) u_range (
      .chunk_i(measure_i ? measure_data_i : '0),
      .below_o(below),
      .above_o(above)
  );
  pim_exponent u_exponent (
      .magnitude_i (below > above ? below : above),
      .eight_bits_i(eight_bits_i),
      .exponent_o  (exponent)
  );
  logic [5*Banks-1:0] pass_exponents;
  for (genvar b = 0; b < Banks; b++) begin : g_pass
    logic [31:0] pass_below, pass_above;
    pim_chunk_range #(
        .StreamLanes(StreamLanes)
    ) u_range (
        .chunk_i(pass_i ? pass_data_i[32*StreamLanes*b+:32*StreamLanes] : '0),
        .below_o(pass_below),
        .above_o(pass_above)
    );
    pim_exponent u_exponent (
        .magnitude_i (pass_below > pass_above ? pass_below : pass_above),
        .eight_bits_i(eight_bits_i),
        .exponent_o  (pass_exponents[5*b+:5])
    );
  end

  logic [4:0] largest, largest_q;
  always_comb begin
    largest = largest_q;
    if (measure_i && exponent > largest) largest = exponent;
    if (pass_i) begin
      for (int b = 0; b < Banks; b++) if (pass_exponents[5*b+:5] > largest) largest = pass_exponents[5*b+:5];
    end
  end
  assign low_o = largest_q > MaxActivationShift ? largest_q - MaxActivationShift : 5'd0;

  logic [Entries-1:0] write;
  logic [5*Entries-1:0] write_data, entries_q;
  logic [ChunkIndexBits-1:0] write_chunk;
  logic [5*Entries-1:0] exponents[0:(1<<RowBits)-1];
  assign write_chunk = pass_i ? pass_chunk_i : measure_chunk_i;
  always_comb begin
    write      = '0;
    write_data = {Entries{exponent}};
    if (measure_i) write = Entries'(1) << measure_chunk_i[EntryBits-1:0];
    if (pass_i) begin
      write      = ((Entries'(1) << Banks) - 1'b1) << pass_chunk_i[EntryBits-1:0];
      write_data = (5 * Entries)'({(Entries / Banks) {pass_exponents}});
    end
  end
  logic [ChunkIndexBits-1:0] read_chunk_q;
  always_ff @(posedge clk_i) begin
    for (int i = 0; i < Entries; i++) begin
      if (write[i]) exponents[write_chunk[ChunkIndexBits-1:EntryBits]][5*i+:5] <= write_data[5*i+:5];
    end
    if (read_i) begin
      entries_q    <= exponents[read_chunk_i[ChunkIndexBits-1:EntryBits]];
      read_chunk_q <= read_chunk_i;
    end
  end

  // A group's exponent is the largest of its chunks; beyond the row's data there are zeros.
  logic [EntryBits-1:0] entry;
  logic [6:0] entry_group, chunk_group;
  always_comb begin
    group_exponent_o = '0;
    entry            = '0;
    entry_group      = '0;
    chunk_group      = (7'(StreamLanes) * 7'(read_chunk_q[EntryBits-1:0])) >> (3'd5 + {1'b0, group_i});
    for (int i = 0; i < Entries; i++) begin
      entry       = EntryBits'(i);
      entry_group = (7'(StreamLanes) * 7'(i)) >> (3'd5 + {1'b0, group_i});
      if (entry_group == chunk_group && {read_chunk_q[ChunkIndexBits-1:EntryBits], entry} <= chunks_i) begin
        if (entries_q[5*i+:5] > group_exponent_o) group_exponent_o = entries_q[5*i+:5];
      end
    end
  end

  // ---- Scales of heads
  logic [31:0] below_q, above_q, head_below, head_above;
  assign head_below = below > below_q ? below : below_q;
  assign head_above = above > above_q ? above : above_q;
  logic [4:0] head_exponent;
  logic [3:0] head_shift, head_zero;
  pim_head_scale u_head (
      .below_i   (head_below),
      .above_i   (head_above),
      .bits_i    (kv_bits_i),
      .exponent_o(head_exponent),
      .shift_o   (head_shift),
      .zero_o    (head_zero)
  );
  logic [16:0] heads[0:(1<<HeadIndexBits)-1];
  logic [16:0] head_q;
  always_ff @(posedge clk_i) begin
    if (measure_i && measure_part_last_i) begin
      heads[HeadIndexBits'(measure_part_i)] <= {
        head_exponent, head_zero, kv_bits_i == '0 ? {3'd0, head_exponent} : {head_zero, head_shift}
      };
    end
    if (read_i) head_q <= heads[read_head_i];
  end
  assign {head_exponent_o, head_zero_o, head_meta_o} = head_q;

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      largest_q <= '0;
      below_q   <= '0;
      above_q   <= '0;
    end else begin
      largest_q <= row_start_i ? '0 : largest;
      if (row_start_i || (measure_i && measure_part_last_i)) begin
        below_q <= '0;
        above_q <= '0;
      end else if (measure_i) begin
        below_q <= head_below;
        above_q <= head_above;
      end
    end
  end
endmodule
