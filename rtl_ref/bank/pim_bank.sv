`include "pim_assert.svh"
`include "pim_pkg.svh"
// A DRAM bank that multiplies where the weights live.
//
// Bus (bus_clk_i): the bank's window, 32 bytes a beat. The command register takes a descriptor of four beats, lowest
// first; with the last one the bank starts as soon as it is free. One more descriptor may be written while it runs; a
// third waits for ready. The status register reads 1 while a command runs or waits. BRAM is read and written at will.
// The two clocks have a common source, so no beat is sampled between two values.
//
// Cells (clk_i, the clock of the DRAM): commands to row buffers and columns as pim_dram_fsm issues them; what a column
// holds is on rdata_i in the cycle after it has been issued. Writes follow their columns in order.
//
// Timings, and the place of the bank in its die, are wires: they come from fuses.
module pim_bank #(
    parameter int BramWordBits  = 14,    // 64 KiB
    parameter int MaxVectors    = 64,
    parameter int MaxSums       = 8192,  // PV: vectors * head_dim
    parameter int SparseWeights = 1      // 0: without weights of 8:16, 4:16 and 2:16
) (
    input logic clk_i,
    input logic rst_ni,

    input logic [ 4:0] bank_i,
    input logic [ 5:0] mac_beat_i,          // cycles of clk_i in which the MAC array takes 64 products; at least 2
    input logic [21:0] bram_bytes_i,
    input logic [31:0] bmem_bytes_i,
    input logic [11:0] t_rcd_read_i,
    input logic [11:0] t_rcd_mac_i,
    input logic [11:0] t_rcd_write_i,
    input logic [11:0] t_rp_i,
    input logic [11:0] t_ras_i,
    input logic [11:0] t_rc_i,
    input logic [11:0] t_ccd_i,
    input logic [11:0] t_wr_i,
    input logic [11:0] t_rtp_i,
    input logic [11:0] t_rfc_i,
    input logic [27:0] t_refi_i,
    input logic [27:0] refresh_first_i,
    input logic [27:0] refresh_postpone_i,
    input logic        refresh_enable_i,
    input logic        two_buffers_i,
    input logic [ 3:0] column_bits_i,

    input  logic         bus_clk_i,
    input  logic         bus_valid_i,
    output logic         bus_ready_o,
    input  logic         bus_we_i,
    input  logic [ 21:0] bus_addr_i,    // a multiple of 32 within the bank's window
    input  logic [ 31:0] bus_be_i,
    input  logic [255:0] bus_wdata_i,
    output logic         bus_rvalid_o,
    input  logic         bus_rready_i,
    output logic [255:0] bus_rdata_o,

    output logic       busy_o,
    output logic       done_o,   // last cycle of a command
    output logic       error_o,  // with done_o: it was refused
    output logic [2:0] state_o,  // 0 idle, 1 decode, 2 columns, 3 drain, 4 softmax, 5 store; for waveforms only

    output logic [  1:0] act_o,
    output logic [ 25:0] act_row0_o,
    output logic [ 25:0] act_row1_o,
    output logic [  1:0] pre_o,
    output logic         ref_o,
    output logic         col_valid_o,
    output logic [  1:0] col_kind_o,     // 0 read, 1 MAC, 2 write
    output logic [ 25:0] col_row_o,
    output logic [ 14:0] col_index_o,
    input  logic [255:0] rdata_i,
    output logic         wdata_valid_o,
    output logic [ 31:0] wdata_mask_o,
    output logic [255:0] wdata_o
);
  `include "pim_abi.svh"

  `PIM_REQUIRE(BramWordBits >= 10 && BramWordBits <= 20, "pim_bank: BramWordBits: expected 10 to 20")
  `PIM_REQUIRE(MaxVectors == 32 || MaxVectors == 64, "pim_bank: MaxVectors: expected 32 or 64")
  `PIM_REQUIRE(MaxSums == 4096 || MaxSums == 8192, "pim_bank: MaxSums: expected 4096 or 8192")
  `PIM_REQUIRE(SparseWeights == 0 || SparseWeights == 1, "pim_bank: SparseWeights: expected 0 or 1")

  localparam logic [3:0] DrainCycles = 4'd8;  // last column to the last result in BRAM
  localparam logic [3:0] RoundBegins = 4'd6;  // results of columns are there before their sums are read again
  localparam logic [3:0] ClearBegins = 4'd7;  // and through the port

  // ---- bus: command register, status, BRAM
  logic [1023:0] descriptor_q;
  logic posted_q, taken_q;  // parities of descriptors written and started
  logic waiting;
  assign waiting = posted_q != taken_q;

  logic bus_to_command, bus_to_bram, bus_go, bus_last_beat;
  assign bus_to_command = bus_addr_i[21:7] == 15'(BankCommand >> 7);
  assign bus_to_bram    = bus_addr_i[21];
  assign bus_ready_o    = !(bus_we_i && bus_to_command && waiting) && !(bus_rvalid_o && !bus_rready_i);
  assign bus_go         = bus_valid_i && bus_ready_o;
  assign bus_last_beat  = bus_go && bus_we_i && bus_to_command && bus_addr_i[6:5] == 2'd3;

  logic bus_from_bram_q, bus_from_status_q, bus_status_q;
  logic [255:0] bram_rdata;
  always_ff @(posedge bus_clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      descriptor_q      <= '0;
      posted_q          <= 1'b0;
      bus_rvalid_o      <= 1'b0;
      bus_from_bram_q   <= 1'b0;
      bus_from_status_q <= 1'b0;
      bus_status_q      <= 1'b0;
    end else begin
      if (bus_go && bus_we_i && bus_to_command) descriptor_q[256*bus_addr_i[6:5]+:256] <= bus_wdata_i;
      if (bus_last_beat) posted_q <= !posted_q;
      if (bus_rvalid_o && bus_rready_i) bus_rvalid_o <= 1'b0;
      if (bus_go && !bus_we_i) begin
        bus_rvalid_o      <= 1'b1;
        bus_from_bram_q   <= bus_to_bram;
        bus_from_status_q <= bus_addr_i == 22'(BankStatus);
        bus_status_q      <= busy_o || waiting;
      end
    end
  end
  always_comb begin
    bus_rdata_o = '0;
    if (bus_from_bram_q) bus_rdata_o = bram_rdata;
    else if (bus_from_status_q) bus_rdata_o = 256'(bus_status_q);
  end

  // ---- the command
  pim_pkg::bank_state_t state_q;
  assign state_o = state_q;
  logic [1023:0] command_q;
  logic [1:0] decode_q;
  logic [3:0] drain_q;

  logic ok, is_mac, is_score, is_softmax, is_pv, is_store, is_fill, raw, accumulate;
  logic [19:0] vectors, interval;
  logic [ 5:0] slots, pieces;
  logic [25:0] first_column, columns;
  logic [18:0] record_bytes, shift_offset;
  logic [11:0] groups, row_columns, token_bytes;
  logic [ 7:0] meta_columns;
  logic [20:0] held_first, held_last;
  logic [7:0] turn, member;
  logic [8:0] mask_first, run_end, next_begin, next_end;
  logic run_open, next_valid, next_open, next_run, softmax_again, softmax_advance;
  pim_mask_runs u_runs (
      .clk_i,
      .rst_ni,
      .restart_i   (state_q == pim_pkg::BankDecode && decode_q == 2'd0),
      .again_i     (softmax_again),
      .advance_i   (next_run || softmax_advance),
      .masked_i    ((command_q[CmdFlags+:8] & FlagMasked) != '0),
      .mask_i      (command_q[CmdAttentionMask0+:256]),
      .blocks_i    (command_q[CmdAttentionMaskBlocks+:9]),
      .first_o     (mask_first),
      .end_o       (run_end),
      .open_o      (run_open),
      .next_valid_o(next_valid),
      .next_begin_o(next_begin),
      .next_end_o  (next_end),
      .next_open_o (next_open)
  );

  pim_command_decoder #(
      .MaxVectors   (MaxVectors),
      .MaxSums      (MaxSums),
      .SparseWeights(SparseWeights)
  ) u_decoder (
      .clk_i,
      .load_i        (state_q == pim_pkg::BankIdle && waiting),
      .start_i       (state_q == pim_pkg::BankDecode && decode_q == 2'd0),
      .next_i        (descriptor_q),
      .command_i     (command_q),
      .bank_i,
      .mac_beat_i,
      .bram_bytes_i,
      .bmem_bytes_i,
      .mask_first_i  (mask_first),
      .run_begin_i   (state_q == pim_pkg::BankColumns ? next_begin : mask_first),
      .run_end_i     (state_q == pim_pkg::BankColumns ? next_end : run_end),
      .run_open_i    (state_q == pim_pkg::BankColumns ? next_open : run_open),
      .ok_o          (ok),
      .is_mac_o      (is_mac),
      .is_score_o    (is_score),
      .is_softmax_o  (is_softmax),
      .is_pv_o       (is_pv),
      .is_store_o    (is_store),
      .is_fill_o     (is_fill),
      .raw_o         (raw),
      .accumulate_o  (accumulate),
      .vectors_o     (vectors),
      .slots_o       (slots),
      .interval_o    (interval),
      .column_o      (first_column),
      .columns_o     (columns),
      .record_bytes_o(record_bytes),
      .shift_offset_o(shift_offset),
      .groups_o      (groups),
      .meta_columns_o(meta_columns),
      .row_columns_o (row_columns),
      .token_bytes_o (token_bytes),
      .pieces_o      (pieces),
      .held_first_o  (held_first),
      .held_last_o   (held_last),
      .turn_o        (turn),
      .member_o      (member)
  );

  // Fields the units take as they are.
  /* verilator lint_off UNUSEDSIGNAL */  // they have passed the decoder, so their upper bits are 0
  logic [31:0] field_in, field_out, field_pitch;
  logic [15:0] head_dim, mac_group;
  logic [16:0] mac_k;
  /* verilator lint_on UNUSEDSIGNAL */
  logic [7:0] kv_bits, heads, members, zero_bits, weight_bits, sparsity;
  always_comb begin
    field_in    = command_q[CmdAttentionBramIn+:32];
    field_out   = command_q[CmdAttentionBramOut+:32];
    field_pitch = command_q[CmdAttentionPitch+:32];
    kv_bits     = command_q[CmdAttentionKvBits+:8];
    if (is_mac) begin
      field_in    = command_q[CmdMacBramIn+:32];
      field_out   = command_q[CmdMacBramOut+:32];
      field_pitch = command_q[CmdMacOutRows+:32];
    end
    if (is_store) begin
      field_in = command_q[CmdStoreBramIn+:32];
      kv_bits  = command_q[CmdStoreKvBits+:8];
    end
    if (is_fill) field_out = command_q[CmdFillBram+:32];
  end
  assign head_dim  = command_q[CmdAttentionHeadDim+:16];
  assign heads     = command_q[CmdAttentionHeadsPerGroup+:8];
  assign members   = command_q[CmdBanksPerGroup+:8];
  assign zero_bits = command_q[CmdMacZeroBits+:8];
  assign weight_bits = command_q[CmdMacWeightBits+:8];
  assign sparsity    = command_q[CmdMacSparsity+:8];
  logic [21:0] bram_in, bram_out;
  logic [19:0] pitch;
  logic [20:0] mac_rows;
  assign bram_in   = field_in[21:0];
  assign bram_out  = field_out[21:0];
  assign pitch     = field_pitch[19:0];
  assign mac_group = command_q[CmdMacGroup+:16];
  assign mac_rows  = command_q[CmdMacRows+:21];
  assign mac_k     = command_q[CmdMacK+:17];

  // A last K tile of several vectors is accumulated first and rounded in place when all of it is there: results of one
  // vector would overwrite sums of another that are still needed.
  logic round_later;
  assign round_later = accumulate && !raw && vectors != 20'd1;

  // Vectors of a PV that see nothing: those of the tokens before this bank's first turn.
  logic [8:0] blind_tokens;
  logic [21:0] blind_bytes;
  always_comb begin
    blind_tokens = 9'(member >= turn ? member - turn : member + members - turn) + 9'd1;
    if (32'(blind_tokens) > command_q[CmdAttentionTokens+:32]) blind_tokens = command_q[CmdAttentionTokens+:9];
    if (held_first != '0) blind_tokens = '0;
    blind_bytes = 22'(blind_tokens * heads * head_dim[10:0]) << (raw ? 3 : 2);
  end

  // What the result pass writes all over: zeros for those, or what a FILL says.
  logic [21:0] clear_bytes;
  logic [31:0] clear_value;
  assign clear_bytes = is_fill ? {command_q[CmdFillWords+:20], 2'b00} : is_pv ? blind_bytes : '0;
  assign clear_value = is_fill ? command_q[CmdFillValue+:32] : '0;

  logic decoded, streams, stores;
  assign decoded = state_q == pim_pkg::BankDecode && decode_q == 2'd2;
  assign streams = decoded && ok && (is_mac || is_score || is_pv || is_fill);
  assign stores  = decoded && ok && is_store;

  // ---- rows and columns
  logic fsm_req_valid, fsm_req_ready, fsm_active;
  logic store_req_valid, store_done;
  logic [25:0] store_column, store_count;
  // What is seen of the cache comes in runs.
  logic another_run;
  assign another_run   = state_q == pim_pkg::BankColumns && (is_score || is_pv) && next_valid && {6'd0, next_begin, 6'd0} < held_last;
  assign next_run      = another_run && fsm_req_ready;
  assign fsm_req_valid = (streams && columns != '0) || another_run || ((stores || state_q == pim_pkg::BankStore) && store_req_valid);
  pim_pkg::dram_timing_t timing;
  assign timing.t_rcd_read       = t_rcd_read_i;
  assign timing.t_rcd_mac        = t_rcd_mac_i;
  assign timing.t_rcd_write      = t_rcd_write_i;
  assign timing.t_rp             = t_rp_i;
  assign timing.t_ras            = t_ras_i;
  assign timing.t_rc             = t_rc_i;
  assign timing.t_ccd            = t_ccd_i;
  assign timing.t_wr             = t_wr_i;
  assign timing.t_rtp            = t_rtp_i;
  assign timing.t_rfc            = t_rfc_i;
  assign timing.t_refi           = t_refi_i;
  assign timing.refresh_first    = refresh_first_i;
  assign timing.refresh_postpone = refresh_postpone_i;
  assign timing.refresh_enable   = refresh_enable_i;
  assign timing.two_buffers      = two_buffers_i;
  assign timing.column_bits      = column_bits_i;
  pim_pkg::stream_t stream;
  assign stream.kind     = is_store ? pim_pkg::ColumnWrite : pim_pkg::ColumnMac;
  assign stream.column   = is_store ? store_column : first_column;
  assign stream.count    = is_store ? store_count : columns;
  assign stream.interval = interval;
  pim_dram_fsm u_fsm (
      .clk_i,
      .rst_ni,
      .timing_i   (timing),
      .req_valid_i(fsm_req_valid),
      .req_ready_o(fsm_req_ready),
      .req_i      (stream),
      .active_o   (fsm_active),
      .act_o,
      .act_row0_o,
      .act_row1_o,
      .pre_o,
      .ref_o,
      .col_valid_o,
      .col_kind_o,
      .col_row_o,
      .col_index_o
  );
  logic column_q;  // its bytes are on rdata_i
  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) column_q <= 1'b0;
    else column_q <= col_valid_o && col_kind_o == pim_pkg::ColumnMac;
  end

  // ---- units, and what they want of BRAM
  logic control_line, control_pair, softmax_line, store_line, pass_line, pass_pair;
  logic [19:0] control_line_word, control_pair_word, softmax_line_word, store_line_word, pass_line_word, pass_pair_word;
  logic array_write, softmax_write, pass_write;
  logic [19:0] array_word, softmax_word, pass_word;
  logic [8:0] array_bytes, softmax_bytes, pass_bytes;
  logic [2047:0] array_data;
  logic [63:0] softmax_data;
  logic [127:0] pass_data;
  logic [1023:0] line;
  logic [63:0] pair;

  // Lanes of a code, and what else its format says.
  logic single_lane, double_lane, three, five, eight, sparse8, sparse4, sparse2, a16;
  assign single_lane = is_mac ? !eight : kv_bits == 8'd4;
  assign double_lane = is_mac ? eight : kv_bits == 8'd8;
  assign three       = is_mac && weight_bits == 8'd3;
  assign five        = is_mac && weight_bits == 8'd5;
  assign eight       = is_mac && weight_bits == 8'd8;
  assign sparse8     = SparseWeights != 0 && is_mac && sparsity == 8'd8;
  assign sparse4     = SparseWeights != 0 && is_mac && sparsity == 8'd4;
  assign sparse2     = SparseWeights != 0 && is_mac && sparsity == 8'd2;
  assign a16         = !is_mac || command_q[CmdMacActivationBits+:8] == 8'd16;

  logic meta_valid, beat, beat_old, beat_first, beat_last, beat_half;
  logic [7:0] meta_index;
  logic [5:0] beat_vector, beat_shift;
  logic [3:0] beat_blocks;
  logic [11:0] beat_group;
  logic [4:0] beat_token;
  logic [ 8:0] beat_sums;
  logic [ 1:0] beat_byte;
  logic [19:0] beat_result_word;
  logic keep_sums;
  assign keep_sums = raw || round_later;
  pim_mac_control u_control (
      .clk_i,
      .rst_ni,
      .begin_i           (streams && !is_fill),
      .is_mac_i          (is_mac),
      .is_pv_i           (is_pv),
      .wide_results_i    (keep_sums),
      .add_old_i         (accumulate),
      .a16_i             (a16),
      .group32_i         (mac_group[5]),
      .group64_i         (mac_group[6]),
      .three_i           (three),
      .five_i            (five),
      .eight_i           (eight),
      .sparse8_i         (sparse8),
      .sparse4_i         (sparse4),
      .sparse2_i         (sparse2),
      .halves_i          (mac_k[16:5]),
      .row_columns_i     (row_columns),
      .meta_columns_i    (meta_columns),
      .record_bytes_i    (record_bytes),
      .shift_offset_i    (shift_offset),
      .vectors_i         (vectors),
      .slots_i           (slots),
      .pieces_i          (pieces),
      .token_bytes_i     (token_bytes),
      .kv_bits_i         (kv_bits[4:0]),
      .heads_i           (heads),
      .head_dim_i        (head_dim[10:0]),
      .held_first_i      (held_first),
      .turn_i            (turn),
      .member_i          (member),
      .members_i         (members),
      .bram_in_i         (bram_in),
      .bram_out_i        (bram_out),
      .pitch_i           (pitch),
      .mask_first_i      (mask_first),
      .run_end_i         (run_end),
      .run_open_i        (run_open),
      .next_begin_i      (next_begin),
      .next_run_i        (next_run),
      .column_i          (column_q),
      .meta_valid_o      (meta_valid),
      .meta_index_o      (meta_index),
      .line_req_o        (control_line),
      .line_word_o       (control_line_word),
      .pair_req_o        (control_pair),
      .pair_word_o       (control_pair_word),
      .beat_o            (beat),
      .beat_old_o        (beat_old),
      .beat_vector_o     (beat_vector),
      .beat_first_o      (beat_first),
      .beat_last_o       (beat_last),
      .beat_shift_o      (beat_shift),
      .beat_blocks_o     (beat_blocks),
      .beat_group_o      (beat_group),
      .beat_half_o       (beat_half),
      .beat_token_o      (beat_token),
      .beat_sums_o       (beat_sums),
      .beat_byte_o       (beat_byte),
      .beat_result_word_o(beat_result_word)
  );
  pim_mac_array #(
      .MaxVectors   (MaxVectors),
      .MaxSums      (MaxSums),
      .SparseWeights(SparseWeights)
  ) u_array (
      .clk_i,
      .rst_ni,
      .is_mac_i          (is_mac),
      .is_pv_i           (is_pv),
      .single_i          (single_lane),
      .double_i          (double_lane),
      .three_i           (three),
      .five_i            (five),
      .sparse8_i         (sparse8),
      .sparse4_i         (sparse4),
      .sparse2_i         (sparse2),
      .a16_i             (a16),
      .group32_i         (is_mac && mac_group[5]),
      .zeros_i           (zero_bits != '0),
      .groups_i          (groups),
      .token_bytes_i     (token_bytes[4:0]),
      .pieces_i          (is_mac ? 6'd1 : pieces),
      .keep_i            (keep_sums),
      .weight_exponent_i ($signed(command_q[CmdMacWeightExponent+:16])),
      .multiplier_i      (command_q[CmdAttentionMultiplier+:16]),
      .multiplier_shift_i(command_q[CmdAttentionMultiplierShift+:16]),
      .column_valid_i    (column_q),
      .rdata_i,
      .meta_valid_i      (meta_valid),
      .meta_index_i      (meta_index),
      .beat_i            (beat),
      .beat_old_i        (beat_old),
      .beat_vector_i     (beat_vector),
      .beat_first_i      (beat_first),
      .beat_last_i       (beat_last),
      .beat_shift_i      (beat_shift),
      .beat_blocks_i     (beat_blocks),
      .beat_group_i      (beat_group),
      .beat_half_i       (beat_half),
      .beat_token_i      (beat_token),
      .beat_sums_i       (beat_sums),
      .beat_byte_i       (beat_byte),
      .beat_result_word_i(beat_result_word),
      .line_i            (line),
      .pair_i            (pair),
      .write_req_o       (array_write),
      .write_word_o      (array_word),
      .write_bytes_o     (array_bytes),
      .write_data_o      (array_data)
  );

  logic [3:0] pass_begins;
  assign pass_begins = round_later ? RoundBegins : ClearBegins;
  logic pass_start, pass_busy, pass_wanted;
  assign pass_wanted = round_later || clear_bytes != '0;
  assign pass_start  = state_q == pim_pkg::BankDrain && drain_q == pass_begins - 4'd1 && pass_wanted;
  pim_result_pass u_pass (
      .clk_i,
      .rst_ni,
      .start_i          (pass_start),
      .round_i          (round_later),
      .busy_o           (pass_busy),
      .vectors_i        (vectors),
      .rows_i           (mac_rows),
      .pitch_i          (pitch),
      .bram_out_i       (bram_out),
      .bram_in_i        (bram_in),
      .record_bytes_i   (record_bytes),
      .base_offset_i    (22'(shift_offset) + 22'(groups)),
      .weight_exponent_i($signed(command_q[CmdMacWeightExponent+:16])),
      .clear_bytes_i    (clear_bytes),
      .clear_value_i    (clear_value),
      .line_req_o       (pass_line),
      .line_word_o      (pass_line_word),
      .pair_req_o       (pass_pair),
      .pair_word_o      (pass_pair_word),
      .line_i           (line),
      .pair_i           (pair),
      .write_req_o      (pass_write),
      .write_word_o     (pass_word),
      .write_bytes_o    (pass_bytes),
      .write_data_o     (pass_data)
  );

  logic softmax_last;
  pim_softmax_unit u_softmax (
      .clk_i,
      .rst_ni,
      .start_i      (decoded && ok && is_softmax),
      .last_o       (softmax_last),
      .vectors_i    (vectors),
      .heads_i      (heads),
      .held_first_i (held_first),
      .turn_i       (turn),
      .member_i     (member),
      .members_i    (members),
      .bram_in_i    (bram_in),
      .pitch_i      (pitch),
      .mask_first_i (mask_first),
      .run_end_i    (run_end),
      .run_open_i   (run_open),
      .next_begin_i (next_begin),
      .again_o      (softmax_again),
      .advance_o    (softmax_advance),
      .line_req_o   (softmax_line),
      .line_word_o  (softmax_line_word),
      .line_i       (line),
      .write_req_o  (softmax_write),
      .write_word_o (softmax_word),
      .write_bytes_o(softmax_bytes),
      .write_data_o (softmax_data)
  );

  pim_kv_store u_store (
      .clk_i,
      .rst_ni,
      .start_i       (stores),
      .done_o        (store_done),
      .column_k_i    (command_q[CmdStoreBmemK+5+:26]),
      .column_v_i    (command_q[CmdStoreBmemV+5+:26]),
      .held_before_i (held_first),
      .held_after_i  (held_last),
      .token_bytes_i (token_bytes),
      .pieces_i      (pieces),
      .record_bytes_i(record_bytes),
      .tokens_i      (command_q[CmdStoreTokens+:21]),
      .turn_i        (turn),
      .member_i      (member),
      .members_i     (members),
      .bram_in_i     (bram_in),
      .req_valid_o   (store_req_valid),
      .req_ready_i   (fsm_req_ready),
      .req_column_o  (store_column),
      .req_count_o   (store_count),
      .column_i      (col_valid_o && col_kind_o == pim_pkg::ColumnWrite),
      .line_req_o    (store_line),
      .line_word_o   (store_line_word),
      .line_i        (line),
      .cells_valid_o (wdata_valid_o),
      .cells_mask_o  (wdata_mask_o),
      .cells_data_o  (wdata_o)
  );

  logic [19:0] write_word;
  logic [8:0] write_bytes;
  assign write_word  = array_write ? array_word : softmax_write ? softmax_word : pass_word;
  assign write_bytes = array_write ? array_bytes : softmax_write ? softmax_bytes : pass_bytes;
  pim_bram #(.WordBits(BramWordBits)) u_bram (
      .clk_i,
      .line_req_i   (control_line || softmax_line || store_line || pass_line),
      .line_word_i  (BramWordBits'(control_line ? control_line_word : softmax_line ? softmax_line_word : store_line ? store_line_word : pass_line_word)),
      .line_o       (line),
      .pair_req_i   (control_pair || pass_pair),
      .pair_word_i  (BramWordBits'(control_pair ? control_pair_word : pass_pair_word)),
      .pair_o       (pair),
      .write_req_i  (array_write || softmax_write || pass_write),
      .write_word_i (BramWordBits'(write_word)),
      .write_bytes_i(write_bytes),
      .write_data_i (array_write ? array_data : softmax_write ? 2048'(softmax_data) : {16{pass_data}}),
      .bus_clk_i,
      .bus_req_i    (bus_go && bus_to_bram),
      .bus_we_i,
      .bus_block_i  (bus_addr_i[5+:BramWordBits-3]),
      .bus_be_i,
      .bus_wdata_i,
      .bus_rdata_o  (bram_rdata)
  );

  // ---- from command to command
  logic finish;
  always_comb begin
    finish = 1'b0;
    case (state_q)
      pim_pkg::BankDecode:  finish = decoded && (!ok || (is_store && store_done));
      pim_pkg::BankDrain:   finish = drain_q == DrainCycles - 4'd1 && !pass_busy;
      pim_pkg::BankSoftmax: finish = softmax_last;
      pim_pkg::BankStore:   finish = store_done && fsm_req_ready;
      default: ;
    endcase
  end
  assign done_o  = finish;
  assign error_o = decoded && !ok;
  assign busy_o  = state_q != pim_pkg::BankIdle;

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      state_q   <= pim_pkg::BankIdle;
      taken_q   <= 1'b0;
      command_q <= '0;
      decode_q  <= '0;
      drain_q   <= '0;
    end else begin
      case (state_q)
        pim_pkg::BankIdle: begin
          decode_q <= '0;
          if (waiting) begin
            state_q   <= pim_pkg::BankDecode;
            taken_q   <= posted_q;
            command_q <= descriptor_q;
          end
        end
        pim_pkg::BankDecode: begin
          decode_q <= decode_q + 2'd1;
          drain_q  <= '0;
          if (streams) state_q <= pim_pkg::BankColumns;
          if (stores) state_q <= pim_pkg::BankStore;
          if (decoded && ok && is_softmax) state_q <= pim_pkg::BankSoftmax;
        end
        pim_pkg::BankColumns: begin
          if (!fsm_active) begin
            state_q <= pim_pkg::BankDrain;
            drain_q <= 4'd1;
          end
        end
        pim_pkg::BankDrain: if (!(drain_q == pass_begins && pass_busy)) drain_q <= drain_q + 4'd1;
        default: ;
      endcase
      if (finish) state_q <= pim_pkg::BankIdle;
    end
  end

`ifdef PIM_ASSERTIONS
  a_command_waits :
  assume property (@(posedge bus_clk_i) bus_valid_i && !bus_ready_o |=>
      bus_valid_i && $stable(bus_we_i) && $stable(bus_addr_i) && $stable(bus_be_i) && $stable(bus_wdata_i));
  a_read_waits :
  assert property (@(posedge bus_clk_i) bus_rvalid_o && !bus_rready_i |=> bus_rvalid_o && $stable(bus_rdata_o));
  a_first_request_is_taken :
  assert property (@(posedge clk_i) fsm_req_valid && decoded |-> fsm_req_ready);
  a_one_reader :
  assert property (@(posedge clk_i) $onehot0({control_line, softmax_line, store_line, pass_line}));
  a_one_writer :
  assert property (@(posedge clk_i) $onehot0({array_write, softmax_write, pass_write}));
  a_one_scalar_reader :
  assert property (@(posedge clk_i) $onehot0({control_pair, pass_pair}));
  a_beats_are_aligned :
  assert property (@(posedge bus_clk_i) bus_valid_i |-> bus_addr_i[4:0] == '0);
  // What is cut off was zero.
  a_fields_fit :
  assert property (@(posedge clk_i) decoded && ok |->
      field_in[31:22] == '0 && (is_store || is_softmax || field_out[31:22] == '0) && (is_store || field_pitch[31:20] == '0));
  a_results_stay_in_bram :
  assert property (@(posedge clk_i) array_write || softmax_write || pass_write |->
      {write_word, 2'b00} + 23'(write_bytes) <= 23'(bram_bytes_i));
  a_columns_stay_in_the_cells :
  assert property (@(posedge clk_i) col_valid_o |->
      ((48'(col_row_o) << column_bits_i) + 48'(col_index_o)) << 5 < 48'(bmem_bytes_i) && 16'(col_index_o) >> column_bits_i == '0);
  a_nothing_is_left :
  assert property (@(posedge clk_i) array_write || softmax_write || pass_write |-> busy_o);
  c_a_descriptor_waits :
  cover property (@(posedge clk_i) busy_o && waiting);
  c_a_refresh_in_a_command :
  cover property (@(posedge clk_i) busy_o && ref_o);
  c_the_bus_beside_a_command :
  cover property (@(posedge bus_clk_i) busy_o && bus_go && bus_to_bram);
  c_a_pass_waits_for_the_drain :
  cover property (@(posedge clk_i) state_q == pim_pkg::BankDrain && drain_q == pass_begins && pass_busy);
  a_only_writes_write :
  assert property (@(posedge clk_i) wdata_valid_o |-> is_store);
`endif
endmodule
