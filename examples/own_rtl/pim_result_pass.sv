`include "pim_pkg.svh"
// A result pass with a pipeline of our own: it counts down what is left instead of up to an end, holds the sums in
// registers and rounds them in the cycle in which they are written. rtl_ref's rounds first and holds the results.
//
// OWN_LATE: one stage of registers more between BRAM and rounding. Then every result is a cycle late.
module pim_result_pass (
    input logic clk_i,
    input logic rst_ni,

    input  logic              start_i,
    output logic              busy_o,
    input  pim_pkg::decoded_t decoded_i,
    input  pim_pkg::fields_t  fields_i,   // round_later: round, else clear

    output pim_pkg::bram_read_t line_read_o,
    output pim_pkg::bram_read_t pair_read_o,
    input  logic [1023:0]       line_i,
    input  logic [  63:0]       pair_i,

    output pim_pkg::bram_write_t write_o,
    output logic [127:0]         write_data_o
);
  // ---- what is left to do
  logic [19:0] vectors_left_q;  // 0: no rounding
  logic [20:0] rows_left_q;     // of this vector
  logic [21:0] clear_left_q;    // bytes; 0: no clearing
  logic [21:0] vector_q;        // where the vector's sums begin, from fields_i.bram_out on
  logic [21:0] done_q;          // elements of the vector that are done
  logic [21:0] record_q;        // base exponent of the vector
  logic [21:0] clear_q;

  logic rounds, clears, vector_ends;
  assign rounds      = vectors_left_q != '0;
  assign clears      = clear_left_q != '0;
  assign vector_ends = rows_left_q <= 21'd4;

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      vectors_left_q <= '0;
      rows_left_q    <= '0;
      clear_left_q   <= '0;
      vector_q       <= '0;
      done_q         <= '0;
      record_q       <= '0;
      clear_q        <= '0;
    end else if (start_i) begin
      vectors_left_q <= fields_i.round_later ? decoded_i.vectors : '0;
      rows_left_q    <= fields_i.rows;
      clear_left_q   <= fields_i.round_later ? '0 : fields_i.clear_bytes;
      vector_q       <= '0;
      done_q         <= '0;
      record_q       <= fields_i.bram_in + 22'(decoded_i.shift_offset) + 22'(decoded_i.groups);
      clear_q        <= fields_i.bram_out;
    end else if (rounds) begin
      done_q      <= done_q + 22'd4;
      rows_left_q <= rows_left_q - 21'd4;
      if (vector_ends) begin
        vectors_left_q <= vectors_left_q - 20'd1;
        rows_left_q    <= fields_i.rows;
        vector_q       <= vector_q + 22'(fields_i.pitch);
        done_q         <= '0;
        record_q       <= record_q + 22'(decoded_i.record_bytes);
      end
    end else if (clears) begin
      clear_left_q <= clear_left_q > 22'd256 ? clear_left_q - 22'd256 : '0;
      clear_q      <= clear_q + 22'd256;
    end
  end

  // ---- stage 0 asks BRAM: sums have 8 bytes, results 4
  typedef struct packed {
    logic        valid;
    logic [19:0] word;   // of BRAM, for the result
    logic [2:0]  count;  // results
  } slot_t;
  slot_t ask;
  logic [21:0] sum, result;
  assign sum    = fields_i.bram_out + ((vector_q + done_q) << 3);
  assign result = fields_i.bram_out + ((vector_q + done_q) << 2);
  assign ask    = '{valid: rounds, word: result[21:2], count: vector_ends ? rows_left_q[2:0] : 3'd4};

  assign line_read_o.req  = rounds;
  assign line_read_o.word = sum[21:2];
  assign pair_read_o.req  = rounds;
  assign pair_read_o.word = record_q[21:2];

  // ---- stage 1 has the answer: four sums, and the exponent that says how far to shift them
  slot_t answer_q;
  logic [1:0] byte_q;
  logic signed [17:0] shift;
  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) answer_q <= '0;
    else answer_q <= ask;
  end
  always_ff @(posedge clk_i) byte_q <= record_q[1:0];
  assign shift = -(18'($signed(pair_i[8*byte_q+:8])) + 18'($signed(fields_i.weight_exponent)) + 18'sd16);

  // ---- stage 2 rounds and writes
  slot_t write_q;
  logic [255:0] sums_q;
  logic signed [17:0] shift_q;
`ifdef OWN_LATE
  slot_t late_q;
  logic [255:0] late_sums_q;
  logic signed [17:0] late_shift_q;
  logic rounded_q;
  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      late_q    <= '0;
      write_q   <= '0;
      rounded_q <= 1'b0;
    end else begin
      late_q    <= answer_q;
      write_q   <= late_q;
      rounded_q <= rounds;
    end
  end
  always_ff @(posedge clk_i) begin
    late_sums_q  <= line_i[255:0];
    late_shift_q <= shift;
    sums_q       <= late_sums_q;
    shift_q      <= late_shift_q;
  end
  assign busy_o = rounds || rounded_q || clears;
`else
  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) write_q <= '0;
    else write_q <= answer_q;
  end
  always_ff @(posedge clk_i) begin
    sums_q  <= line_i[255:0];
    shift_q <= shift;
  end
  assign busy_o = rounds || clears;
`endif

  logic [127:0] rounded;
  for (genvar i = 0; i < 4; i++) begin : g_round
    pim_round_sat32 #(.ShiftBits(18)) u_round (
        .x_i    (sums_q[64*i+:64]),
        .shift_i(shift_q),
        .y_o    (rounded[32*i+:32])
    );
  end

  assign write_o.req   = write_q.valid || clears;
  assign write_o.word  = write_q.valid ? write_q.word : clear_q[21:2];
  assign write_o.bytes = write_q.valid ? {4'd0, write_q.count, 2'b00} : clear_left_q > 22'd256 ? 9'd256 : clear_left_q[8:0];
  assign write_data_o  = write_q.valid ? rounded : {4{fields_i.clear_value}};
endmodule
