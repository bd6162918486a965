`include "pim_assert.svh"
// What is left to do in BRAM when the last column of a command is through: rounding the 64-bit sums of a last K tile in
// place, four a cycle, and one value all over, 256 bytes a cycle: zeros for the vectors of a PV that see no token of this
// bank, or what a FILL says.
//
// In place goes upwards: a result is half as long as its sum, so it never overtakes the sums still to be read.
module pim_result_pass (
    input logic clk_i,
    input logic rst_ni,

    input  logic start_i,
    input  logic round_i,  // else clear
    output logic busy_o,   // cycles in which it reads, or clears; writes end two cycles later

    // round
    input logic        [19:0] vectors_i,
    input logic        [20:0] rows_i,
    input logic        [19:0] pitch_i,           // elements from a vector to the next
    input logic        [21:0] bram_out_i,
    input logic        [21:0] bram_in_i,         // the activation records, whose base exponents count
    input logic        [18:0] record_bytes_i,
    input logic        [21:0] base_offset_i,     // of the base exponent in a record
    input logic signed [15:0] weight_exponent_i,
    // clear
    input logic        [21:0] clear_bytes_i,
    input logic        [31:0] clear_value_i,

    output logic        line_req_o,
    output logic [19:0] line_word_o,
    output logic        pair_req_o,
    output logic [19:0] pair_word_o,
    /* verilator lint_off UNUSEDSIGNAL */
    input logic [1023:0] line_i,  // four sums of it
    /* verilator lint_on UNUSEDSIGNAL */
    input logic [63:0] pair_i,

    output logic         write_req_o,
    output logic [ 19:0] write_word_o,
    output logic [  8:0] write_bytes_o,
    output logic [127:0] write_data_o
);
  // ---- round: where the next four sums lie
  logic rounding_q, clearing_q;
  logic [19:0] vector_q;
  logic [20:0] row_q;
  logic [21:0] sum_q, result_q;          // of row_q
  logic [21:0] sum_row_q, result_row_q;  // of the vector's first row
  logic [21:0] record_q;
  logic last_of_vector;
  assign last_of_vector = row_q + 21'd4 >= rows_i;

  // ---- clear
  logic [21:0] clear_q, left_q;

  assign busy_o = rounding_q || clearing_q;

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      rounding_q   <= 1'b0;
      clearing_q   <= 1'b0;
      vector_q     <= '0;
      row_q        <= '0;
      sum_q        <= '0;
      result_q     <= '0;
      sum_row_q    <= '0;
      result_row_q <= '0;
      record_q     <= '0;
      clear_q      <= '0;
      left_q       <= '0;
    end else if (start_i) begin
      rounding_q   <= round_i;
      clearing_q   <= !round_i;
      vector_q     <= '0;
      row_q        <= '0;
      sum_q        <= bram_out_i;
      result_q     <= bram_out_i;
      sum_row_q    <= bram_out_i;
      result_row_q <= bram_out_i;
      record_q     <= bram_in_i + base_offset_i;
      clear_q      <= bram_out_i;
      left_q       <= clear_bytes_i;
    end else if (rounding_q) begin
      row_q    <= row_q + 21'd4;
      sum_q    <= sum_q + 22'd32;
      result_q <= result_q + 22'd16;
      if (last_of_vector) begin
        row_q        <= '0;
        vector_q     <= vector_q + 20'd1;
        sum_q        <= sum_row_q + 22'({pitch_i, 3'b000});
        sum_row_q    <= sum_row_q + 22'({pitch_i, 3'b000});
        result_q     <= result_row_q + {pitch_i, 2'b00};
        result_row_q <= result_row_q + {pitch_i, 2'b00};
        record_q     <= record_q + 22'(record_bytes_i);
        if (vector_q == vectors_i - 20'd1) rounding_q <= 1'b0;
      end
    end else if (clearing_q) begin
      clear_q <= clear_q + 22'd256;
      left_q  <= left_q - 22'd256;
      if (left_q <= 22'd256) clearing_q <= 1'b0;
    end
  end

  assign line_req_o  = rounding_q;
  assign line_word_o = sum_q[21:2];
  assign pair_req_o  = rounding_q;
  assign pair_word_o = record_q[21:2];

  // ---- one cycle later: round
  logic s1_valid_q;
  logic [1:0] s1_byte_q;
  logic [19:0] s1_result_q;
  logic [2:0] s1_count_q;
  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) s1_valid_q <= 1'b0;
    else s1_valid_q <= rounding_q;
  end
  always_ff @(posedge clk_i) begin
    if (rounding_q) begin
      s1_byte_q   <= record_q[1:0];
      s1_result_q <= result_q[21:2];
      s1_count_q  <= last_of_vector ? 3'(rows_i - row_q) : 3'd4;
    end
  end
  logic [7:0] base;
  logic signed [17:0] shift;
  logic [127:0] rounded;
  assign base  = pair_i[8*s1_byte_q+:8];
  assign shift = -(18'($signed(base)) + 18'(weight_exponent_i) + 18'sd16);
  for (genvar i = 0; i < 4; i++) begin : g_round
    pim_round_sat32 #(.ShiftBits(18)) u_round (
        .x_i    (line_i[64*i+:64]),
        .shift_i(shift),
        .y_o    (rounded[32*i+:32])
    );
  end

  // ---- and one more: write
  logic s2_valid_q;
  logic [127:0] s2_data_q;
  logic [19:0] s2_word_q;
  logic [4:0] s2_bytes_q;
  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) s2_valid_q <= 1'b0;
    else s2_valid_q <= s1_valid_q;
  end
  always_ff @(posedge clk_i) begin
    if (s1_valid_q) begin
      s2_data_q  <= rounded;
      s2_word_q  <= s1_result_q;
      s2_bytes_q <= {s1_count_q, 2'b00};
    end
  end

  assign write_req_o   = s2_valid_q || clearing_q;
  assign write_word_o  = s2_valid_q ? s2_word_q : clear_q[21:2];
  assign write_bytes_o = s2_valid_q ? {4'd0, s2_bytes_q} : left_q > 22'd256 ? 9'd256 : left_q[8:0];
  assign write_data_o  = s2_valid_q ? s2_data_q : {4{clear_value_i}};

`ifdef PIM_ASSERTIONS
  a_one_pass :
  assert property (@(posedge clk_i) start_i |-> !busy_o && !s1_valid_q && !s2_valid_q);
  a_begins_at_once :
  assert property (@(posedge clk_i) start_i |=> busy_o);
  // A stage too many, which the drain would hide, is a failure.
  a_results_in_time :
  assert property (@(posedge clk_i) write_req_o == (clearing_q || $past(line_req_o, 2)));
  a_something_to_do :
  assert property (@(posedge clk_i) start_i |-> round_i ? vectors_i != '0 && rows_i != '0 : clear_bytes_i != '0);
  a_results_do_not_overtake :
  assert property (@(posedge clk_i) rounding_q |-> result_q <= sum_q);
`endif
endmodule
